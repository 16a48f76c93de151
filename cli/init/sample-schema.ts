/** The file of a dataset's schema, to begin with. `packaged-sample-schema.ts` stands for this in the package. */
export const SAMPLE_SCHEMA_FILE = new URL('../../samples/users-schema.avsc', import.meta.url);

/** Stands for `sample-schema.ts` in the package, which has the file above the folder of its command line. */
export const SAMPLE_SCHEMA_FILE = new URL('../users-schema.avsc', import.meta.url);

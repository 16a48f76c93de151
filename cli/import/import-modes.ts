/** What `--mode` of `import` takes. */
export const IMPORT_MODES = ['incremental', 'full'] as const;

/** One of {@link IMPORT_MODES}. */
export type ImportModeName = (typeof IMPORT_MODES)[number];

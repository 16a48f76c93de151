/** What is mutated, and by which tests each part is held: an area at a time, so that one can be run alone. */

export interface Area {
  /** Its source files, as globs from the repository's root. */
  readonly mutate: readonly string[];
  /** The tests that are to notice, as globs of jest. */
  readonly tests: readonly string[];
}

export const AREAS = {
  sizing: { mutate: ['lib/sizing.ts'], tests: tests('lib/sizing') },
  monitoring: {
    mutate: ['lib/monitoring/**/*.ts'],
    tests: tests('lib/monitoring/**/*', 'lib/{encryption,permissions}'),
  },
  producer: { mutate: ['producer/**/*.ts'], tests: tests('producer/**/*') },
  status: { mutate: ['cli/status/**/*.ts'], tests: tests('cli/status/**/*') },
  kernel: {
    mutate: ['aws/**/*.ts', 'contract/**/*.ts'],
    tests: tests('{aws,contract,lambda/aws}/**/*', 'producer/queue-client'),
  },
  lambda: { mutate: ['lambda/**/*.ts'], tests: tests('lambda/**/*') },
} satisfies Record<string, Area>;

export type AreaName = keyof typeof AREAS;

function tests(...names: readonly string[]): readonly string[] {
  return names.map((name) => `<rootDir>/test/${name}.test.ts`);
}

export function isAreaName(name: string): name is AreaName {
  return Object.hasOwn(AREAS, name);
}

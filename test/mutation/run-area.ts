import { matchesGlob, relative } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { AREAS } from './areas.ts';
import type { Selection } from './select-areas.ts';

export interface Score {
  readonly killed: number;
  readonly survived: number;
  /** Of the killed: those that a test, or Stryker, waited for in vain. On a busy machine they may be none. */
  readonly timedOut: number;
  /** Not a number when there was no mutant at all. */
  readonly percent: number;
}

/** What Jest says of a test that did not end. */
const OUT_OF_TIME = /Exceeded timeout of/;

/** Runs the tests of an area against its mutants, and prints the survivors and the score of each file. */
export async function scoreOfArea({ name, only }: Selection, options: object): Promise<Score> {
  const area = AREAS[name];
  const mutate =
    only.length === 0 ? area.mutate : only.map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.ts`));
  const home = `.local/mutation/${name}`;
  const results = await new Stryker({
    configFile: 'test/mutation/stryker.config.ts',
    mutate: [...mutate],
    jest: {
      projectType: 'custom',
      configFile: 'test/mutation/jest.config.js',
      config: { testMatch: [...area.tests] },
    },
    tempDirName: `${home}/sandbox`,
    incrementalFile: `${home}/incremental.json`,
    htmlReporter: { fileName: `${home}/report.html` },
    jsonReporter: { fileName: `${home}/report.json` },
    ...options,
  }).runMutationTest();

  // Stryker also returns what it knows of files that were not asked for.
  const asked = results.filter(({ fileName }) =>
    mutate.some((glob) => matchesGlob(relative(process.cwd(), fileName), glob)),
  );
  const count = (...statuses: string[]) => asked.filter(({ status }) => statuses.includes(status)).length;
  const timedOut = asked.filter(
    ({ status, statusReason = '' }) => status === 'Timeout' || OUT_OF_TIME.test(statusReason),
  );
  const killed = count('Killed', 'Timeout');
  const survived = count('Survived', 'NoCoverage');
  return { killed, survived, timedOut: timedOut.length, percent: (100 * killed) / (killed + survived) };
}

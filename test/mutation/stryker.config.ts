/** Mutation testing of the function and what it shares with others: `npm run mutation`. See docs/testing.md. */

export default {
  mutate: ['aws/**/*.ts', 'contract/**/*.ts', 'lambda/**/*.ts'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: { projectType: 'custom', configFile: 'test/mutation/jest.config.js' },
  coverageAnalysis: 'perTest',
  // Stryker would read it with TypeScript's compiler API, which version 7 does not have.
  tsconfigFile: 'none',
  concurrency: 2,
  // A mutant that only runs on a machine with other work is not to count as one that never ends.
  timeoutMS: 15_000,
  // Modules of jest's ESM are not collected as garbage.
  maxTestRunnerReuse: 50,
  ignorePatterns: ['.ci', '.local', 'cdk.out', 'coverage'],
  tempDirName: '.local/mutation/sandbox',
  incremental: true,
  incrementalFile: '.local/mutation/incremental.json',
  reporters: ['clear-text', 'html', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: '.local/mutation/report.html' },
  jsonReporter: { fileName: '.local/mutation/report.json' },
  thresholds: { high: 95, low: 90, break: 90 },
};

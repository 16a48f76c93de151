/** Mutation testing, of any area (areas.ts): `npm run mutation`. See docs/testing.md. */

export default {
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  coverageAnalysis: 'perTest',
  // Stryker would read it with TypeScript's compiler API, which version 7 does not have.
  tsconfigFile: 'none',
  concurrency: 2,
  // A mutant that only runs on a machine with other work is not to count as one that never ends.
  timeoutMS: 30_000,
  // Modules of jest's ESM are not collected as garbage.
  maxTestRunnerReuse: 50,
  ignorePatterns: ['.ci', '.local', 'cdk.out', 'coverage'],
  incremental: true,
  reporters: ['clear-text', 'html', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 95, low: 90, break: 90 },
};

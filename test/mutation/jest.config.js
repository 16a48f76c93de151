/** The tests that Stryker runs for each mutant: those of lambda/, without the ones that are long for their size. */
import config from '../../jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...config,
  rootDir: '../..',
  // What hangs is noticed by the test that waits for it, before Stryker gives up the whole run.
  testTimeout: 10_000,
  testMatch: ['<rootDir>/test/{aws,contract,lambda}/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/contract/message/hostile-bodies.test.ts'],
  setupFiles: ['<rootDir>/test/mutation/few-runs.js'],
};

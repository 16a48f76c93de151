/** How Stryker runs tests against a mutant. Which ones, areas.ts says. */
import { fileURLToPath } from 'node:url';
import config from '../../jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...config,
  rootDir: '../..',
  // What hangs is noticed by the test that waits for it, before Stryker gives up the whole run.
  testTimeout: 20_000,
  runner: '<rootDir>/test/mutation/stop-early-runner.js',
  testEnvironment: fileURLToPath(new URL('stop-early-environment.js', import.meta.url)),
  // They run the same code ten thousand times over: a mutant that only they notice deserves a test of its own.
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/contract/message/hostile-bodies.test.ts',
    '<rootDir>/test/lambda/core/order/exploration.test.ts',
  ],
  setupFiles: ['<rootDir>/test/mutation/few-runs.js', '<rootDir>/test/mutation/shared-cdk.js'],
};

/** Run by scripts/test-runtime.ts, which starts the account that these tests deploy to. */
import config from '../../jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...config,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/runtime/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  verbose: true,
};

/** Run by scripts/test-package.ts, which builds the package and starts the account that these tests deploy to. */
import config from '../../jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...config,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/package/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  verbose: true,
};

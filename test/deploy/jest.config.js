/** Run by scripts/test-deploy.ts, which starts the account that these tests deploy to. */
import config from '../../jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...config,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/deploy/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  // They deploy into one account, and the CDK's command line into one directory.
  maxWorkers: 1,
  verbose: true,
};

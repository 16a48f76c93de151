/** Run by `npm run test:producers`: the examples of docs/producers.md that need the AWS CLI, or Python with boto3. */
import config from '../../jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...config,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/producers/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  verbose: true,
};

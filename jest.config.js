import { availableParallelism } from 'node:os';
import { LONG } from './test/long/files.js';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // Many tests wait: for processes that they have started, and for what those wait for.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  // For what hangs, not for what is slow: machines are shared.
  testTimeout: 60_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/deploy/',
    '<rootDir>/test/package/',
    '<rootDir>/test/producers/',
    '<rootDir>/test/runtime/',
    // A file that is named runs whatever it is: npm test -- PATH.
    ...(process.argv.some((argument) => argument.startsWith('test/')) ? [] : LONG),
  ],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.local', '<rootDir>/dist'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/strip-types.js' },
};

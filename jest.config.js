/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // Many tests wait for processes that they have started.
  maxWorkers: '100%',
  // For what hangs, not for what is slow: machines are shared.
  testTimeout: 60_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/deploy/',
    '<rootDir>/test/package/',
    '<rootDir>/test/producers/',
    '<rootDir>/test/runtime/',
  ],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.local', '<rootDir>/dist'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/strip-types.js' },
};

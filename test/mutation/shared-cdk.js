/**
 * One CDK for all test files of a process, where Jest would load its thousand files anew for each, and so for each mutant:
 * it takes three times as long as the tests.
 */
import { jest } from '@jest/globals';

const { requireOutside } = globalThis;
const MODULES = Object.keys(requireOutside('aws-cdk-lib/package.json').exports)
  .filter((path) => /^\.(\/[\w-]+)?$/.test(path))
  .map((path) => path.replace('.', 'aws-cdk-lib'));

for (const name of [...MODULES, 'constructs']) jest.mock(name, () => requireOutside(name));

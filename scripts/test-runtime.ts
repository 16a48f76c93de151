/**
 * `npm run test:runtime`: deploys the stack as `npm run test:deploy` does, and runs what was uploaded under Lambda's own
 * Node runtime. That runtime is built first, unless an earlier run did.
 */
import { exitWith, runAccountTests } from './account-tests.ts';
import { installRuntimeClient } from './runtime-client.ts';

await exitWith(async () => {
  const RUNTIME_CLIENT = installRuntimeClient();
  return runAccountTests('test/runtime/jest.config.js', { RUNTIME_CLIENT });
});

/** Functions for tests: a handler's source, written to a directory of its own as if it had been deployed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionDefinition } from '../../../local/lambda/function-definition.ts';

/**
 * Statements for a handler that says that it works, and does so until it is sent SIGUSR2.
 *
 * @param line - what it logs, as an expression
 */
export function workUntilTold(line = `'working'`): string {
  return `const told = new Promise((resolve) => process.once('SIGUSR2', resolve));
    const alive = setInterval(() => {}, 60_000);
    console.log(${line});
    await told;
    clearInterval(alive);`;
}

/** A statement for a handler that never ends by itself. */
export const HANG = 'await new Promise(() => setInterval(() => {}, 60_000));';

export interface TestFunctions {
  /** Deploys `index.mjs` with this source. */
  deploy(source: string, overrides?: Partial<FunctionDefinition>): FunctionDefinition;
  /** Removes all directories. */
  remove(): void;
}

export function createTestFunctions(): TestFunctions {
  const directories: string[] = [];
  return {
    deploy: (source, overrides = {}) => {
      const codeDirectory = mkdtempSync(join(tmpdir(), 'function-'));
      directories.push(codeDirectory);
      writeFileSync(join(codeDirectory, 'index.mjs'), source);
      return {
        name: 'users',
        arn: 'arn:aws:lambda:eu-central-1:000000000000:function:users',
        region: 'eu-central-1',
        runtime: 'nodejs24.x',
        codeDirectory,
        handler: 'index.handler',
        timeoutInSeconds: 30,
        memorySizeInMB: 256,
        environment: {},
        logging: { format: 'JSON', group: '/aws/lambda/users' },
        ...overrides,
      };
    },
    remove: () => {
      for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
    },
  };
}

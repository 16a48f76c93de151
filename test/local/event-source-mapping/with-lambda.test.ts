/** The mapping and Lambda together: real queues, real processes. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { FunctionDefinition } from '../../../local/lambda/function-definition.ts';
import { createFunctionService, type FunctionService } from '../../../local/lambda/function-service.ts';
import { createTestFunctions, HANG, workUntilTold } from '../lambda/test-functions.ts';
import { deletedCount, startTestWorld, type TestWorld } from './test-world.ts';

/** Real processes and visibility timeouts: seconds, on a machine that has better to do. */
jest.setTimeout(60_000);

const functions = createTestFunctions();
let world: TestWorld;
let service: FunctionService;
let logged: { readonly line: string; readonly pid: number }[];
let onLogged: () => void;

beforeEach(async () => {
  world = await startTestWorld();
  await world.createQueue('users');
  logged = [];
  onLogged = () => undefined;
});

afterEach(async () => {
  // The function first, so that nothing that hangs keeps the mapping from ending.
  await service.stop();
  await world.stop();
  functions.remove();
});

/** Deploys a function whose handler runs these statements, given `records` and `attempt`, the first record's. */
function deploy(statements: string, overrides: Partial<FunctionDefinition> = {}, maxConcurrency = 1): void {
  const source = `export const handler = async ({ Records: records }) => {
    const attempt = Number(records[0].attributes.ApproximateReceiveCount);
    const name = (record) => ({ itemIdentifier: record.messageId });
    ${statements}
  };`;
  service = createFunctionService(functions.deploy(source, overrides), {
    maxConcurrency,
    onLog: (line, pid) => {
      logged.push({ line, pid });
      onLogged();
    },
  });
}

/** Resolves with the processes that logged a line, once there are as many. */
function loggedBy(line: string, count = 1): Promise<readonly number[]> {
  return new Promise((resolve) => {
    onLogged = () => {
      const pids = logged.filter((entry) => entry.line === line).map(({ pid }) => pid);
      if (pids.length >= count) resolve(pids);
    };
    onLogged();
  });
}

const kinds = () => world.reports.map(({ verdict }) => verdict.kind);
const bodiesOf = (index: number) => world.reports[index]!.records.map(({ body }) => body);

describe('a batch', () => {
  test('is settled by a handler that returns nothing', async () => {
    deploy('');
    await world.sendMany(['a', 'b']);

    world.startMapping(service.invoke);
    await world.reported((reports) => deletedCount(reports) === 2);

    expect(kinds()).toEqual(['succeeded']);
  });

  test('is settled but for what the handler names', async () => {
    deploy('return { batchItemFailures: attempt < 2 ? records.filter(({ body }) => body === "b").map(name) : [] };');
    await world.sendMany(['a', 'b', 'c']);

    world.startMapping(service.invoke);
    await world.reported((reports) => deletedCount(reports) === 3);

    expect(kinds()).toEqual(['partlyFailed', 'succeeded']);
    expect(bodiesOf(1)).toEqual(['b']);
  });

  test.each<[string, string, string, Partial<FunctionDefinition>?]>([
    ['throws', `throw new RangeError('no')`, 'RangeError: no'],
    ['is too slow', HANG, 'Sandbox.Timedout', { timeoutInSeconds: 1 }],
    ['ends its process', 'process.exit(1)', 'Runtime.ExitError'],
    ['returns a string', `return 'ok'`, 'not an object'],
    ['returns no list', 'return { batchItemFailures: {} }', 'not an array'],
    ['names nothing', 'return { batchItemFailures: [{ itemIdentifier: "" }] }', 'itemIdentifier'],
    ['returns a list', 'return records.map(name)', 'not an object'],
  ])('comes back whole when the handler %s', async (_, statement, reason, overrides = {}) => {
    deploy(`if (attempt === 1) { ${statement}; }`, overrides);
    await world.sendMany(['a', 'b']);

    world.startMapping(service.invoke);
    await world.reported((reports) => deletedCount(reports) === 2);

    expect(world.reports[0]!.verdict).toMatchObject({ kind: 'failed', reason: expect.stringContaining(reason) });
    expect(bodiesOf(0)).toEqual(['a', 'b']);
    expect(world.sqs.depth('users')).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  test('comes back whole when the function cannot initialise', async () => {
    const source = `import { existsSync, writeFileSync } from 'node:fs';
      if (!existsSync('tried')) { writeFileSync('tried', ''); throw new TypeError('DATASET_ARN is missing'); }
      export const handler = async () => {};`;
    service = createFunctionService(functions.deploy(source), { maxConcurrency: 1 });
    await world.send('a');

    world.startMapping(service.invoke);
    await world.reported((reports) => deletedCount(reports) === 1);

    expect(world.reports[0]!.verdict).toMatchObject({ kind: 'failed', reason: 'TypeError: DATASET_ARN is missing' });
  });

  test('comes back and is settled when its process is killed in the middle', async () => {
    deploy(`if (attempt === 1) { console.log('working'); ${HANG} }`);
    await world.sendMany(['a', 'b']);
    world.startMapping(service.invoke);
    const [pid] = await loggedBy('working');

    process.kill(pid!, 'SIGKILL');
    await world.reported((reports) => deletedCount(reports) === 2);

    expect(world.reports[0]!.verdict).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('signal: killed'),
    });
    expect(kinds().slice(1)).not.toContain('failed');
    expect(service.environments.map((environment) => environment.pid)).not.toContain(pid);
    expect(world.sqs.depth('users')).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });
});

describe('two pollers', () => {
  test('keep two environments busy', async () => {
    deploy(workUntilTold(), {}, 2);
    await world.sendMany(['a', 'b']);

    world.startMapping(service.invoke, { batchSize: 1, maximumConcurrency: 2 });
    const pids = await loggedBy('working', 2);

    expect(new Set(pids).size).toBe(2);
    expect(service.environments).toHaveLength(2);
    for (const pid of pids) process.kill(pid, 'SIGUSR2');
    await world.reported((reports) => deletedCount(reports) === 2);
  });
});

test('a mapping that stops lets the handler finish', async () => {
  deploy(workUntilTold());
  await world.send('a');
  const mapping = world.startMapping(service.invoke);
  const [pid] = await loggedBy('working');

  const stopped = mapping.stop();
  process.kill(pid!, 'SIGUSR2');
  await stopped;

  expect(kinds()).toEqual(['succeeded']);
  expect(world.sqs.depth('users')).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

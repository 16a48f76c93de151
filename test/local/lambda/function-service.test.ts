import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { FunctionDefinition } from '../../../local/lambda/function-definition.ts';
import {
  createFunctionService,
  type FunctionService,
  type FunctionServiceOptions,
} from '../../../local/lambda/function-service.ts';
import { MAX_EVENT_BYTES } from '../../../local/lambda/limits.ts';
import { until } from '../sqs/until.ts';
import { createTestFunctions, HANG, workUntilTold } from './test-functions.ts';

/** Real processes and visibility timeouts: seconds, on a machine that has better to do. */
jest.setTimeout(60_000);

const functions = createTestFunctions();
const services: FunctionService[] = [];

afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()));
  functions.remove();
});

interface Started extends FunctionService {
  /** Resolves with the process that logs this line, whether it did already or not. */
  logged(line: string): Promise<number>;
}

function start(
  source: string,
  overrides: Partial<FunctionDefinition> = {},
  options: Partial<FunctionServiceOptions> = {},
): Started {
  const log = new Map<string, PromiseWithResolvers<number>>();
  const entry = (line: string) => {
    const known = log.get(line) ?? Promise.withResolvers<number>();
    log.set(line, known);
    return known;
  };
  const service = createFunctionService(functions.deploy(source, overrides), {
    maxConcurrency: 2,
    onLog: (line, pid) => entry(line).resolve(pid),
    ...options,
  });
  services.push(service);
  return Object.create(service, { logged: { value: (line: string) => entry(line).promise } });
}

/** A handler that says when it works, and then does so for as long as the event says. */
const WORKING = `export const handler = async ({ name, hang }) => {
  console.log('working on ' + name);
  if (hang) { ${HANG} }
  return process.pid;
};`;

describe('an invocation', () => {
  test('succeeds with what the handler returns', async () => {
    const { invoke } = start('export const handler = async (event) => ({ got: event });');

    expect(await invoke({ name: 'Zoë' })).toMatchObject({ kind: 'success', payload: { got: { name: 'Zoë' } } });
  });

  test('succeeds with null when the handler returns nothing', async () => {
    const { invoke } = start('export const handler = () => {};');

    expect(await invoke({})).toMatchObject({ kind: 'success', payload: null });
  });

  test('has a context that says who is invoked and how much time is left', async () => {
    const { invoke } = start(
      `export const handler = async (event, context) => ({ ...context, remaining: context.getRemainingTimeInMillis() });`,
      { timeoutInSeconds: 40, memorySizeInMB: 300 },
    );

    const result = await invoke({});

    expect(result).toMatchObject({
      kind: 'success',
      payload: {
        awsRequestId: result.requestId,
        functionName: 'users',
        functionVersion: '$LATEST',
        invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:users',
        memoryLimitInMB: '300',
      },
    });
    const { remaining } = (result as { payload: { remaining: number } }).payload;
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(40_000);
  });

  test('sees the environment variables of Lambda, the template and the caller, and PATH, and no others', async () => {
    const { invoke } = start(
      'export const handler = async () => process.env;',
      { environment: { DATASET_ARN: 'arn:dataset', QUEUE_URL: 'deployed' }, memorySizeInMB: 512 },
      { extraVariables: { QUEUE_URL: 'local', AWS_ACCESS_KEY_ID: 'local' } },
    );

    const { payload } = (await invoke({})) as { payload: Record<string, string> };

    expect(payload).toMatchObject({
      AWS_REGION: 'eu-central-1',
      AWS_LAMBDA_FUNCTION_NAME: 'users',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      _HANDLER: 'index.handler',
      TZ: ':UTC',
      DATASET_ARN: 'arn:dataset',
      QUEUE_URL: 'local',
      AWS_ACCESS_KEY_ID: 'local',
      PATH: process.env.PATH,
      // Not the developer's.
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
    });
    const ofNobody = Object.keys(payload).filter((name) => !/^(AWS_|LAMBDA_|_HANDLER$)/.test(name));
    expect(ofNobody.sort()).toEqual(['DATASET_ARN', 'HOME', 'LANG', 'PATH', 'QUEUE_URL', 'TZ']);
  });

  test('cannot return more than Lambda passes on', async () => {
    const { invoke } = start(`export const handler = async ({ size }) => 'x'.repeat(size);`);

    expect(await invoke({ size: 7_000_000 })).toMatchObject({
      kind: 'functionError',
      errorType: 'Function.ResponseSizeTooLarge',
    });
    expect(await invoke({ size: 6_000_000 })).toMatchObject({ kind: 'success' });
  });

  test('cannot be given more than Lambda takes', async () => {
    const { invoke } = start(WORKING);

    await expect(invoke('x'.repeat(MAX_EVENT_BYTES - 1))).rejects.toMatchObject({ name: 'RequestTooLargeException' });
  });

  test('logs line by line, with the process that wrote it', async () => {
    const { invoke, logged } = start(`export const handler = async () => {
      console.log('to the output');
      console.error('to the error output');
      return process.pid;
    };`);

    const { payload } = (await invoke({})) as { payload: number };

    expect(await logged('to the output')).toBe(payload);
    expect(await logged('to the error output')).toBe(payload);
  });
});

describe('an environment', () => {
  test('is used again, and keeps what the module holds', async () => {
    const { invoke } = start(
      'let count = 0; export const handler = async () => ({ pid: process.pid, count: ++count });',
    );

    const { payload: first } = (await invoke({})) as { payload: { pid: number } };
    const { payload: second } = (await invoke({})) as { payload: { pid: number } };

    expect(second).toEqual({ pid: first.pid, count: 2 });
  });

  test('handles one invocation at a time, next to others up to the maximum', async () => {
    const source = `export const handler = async ({ name }) => {
      ${workUntilTold("'working on ' + name")}
      return process.pid;
    };`;
    const service = start(source, {}, { maxConcurrency: 2 });
    const invocations = ['a', 'b', 'c'].map((name) => service.invoke({ name }));

    const [a, b] = await Promise.all([service.logged('working on a'), service.logged('working on b')]);
    expect(new Set([a, b])).toEqual(new Set(service.environments.map(({ pid }) => pid)));
    expect(service.environments).toHaveLength(2);
    expect(service.environments.every(({ isBusy }) => isBusy)).toBe(true);

    process.kill(a, 'SIGUSR2');
    expect(await service.logged('working on c')).toBe(a);
    process.kill(a, 'SIGUSR2');
    process.kill(b, 'SIGUSR2');
    expect(await Promise.all(invocations)).toMatchObject([{ payload: a }, { payload: b }, { payload: a }]);
    expect(service.environments.some(({ isBusy }) => isBusy)).toBe(false);
  });

  test('lives on when its handler throws', async () => {
    const service = start(`export const handler = async ({ fail }) => {
      if (fail) throw new RangeError('out of range');
      return process.pid;
    };`);

    const failed = await service.invoke({ fail: true });
    const [environment] = service.environments;

    expect(failed).toMatchObject({
      kind: 'functionError',
      cause: 'handler',
      errorType: 'RangeError',
      errorMessage: 'out of range',
      trace: expect.arrayContaining(['RangeError: out of range', expect.stringContaining('index.mjs')]),
    });
    expect(await service.invoke({})).toMatchObject({ payload: environment?.pid });
  });

  test.each([
    ['a string', `throw 'a string'`, { errorType: 'string', errorMessage: 'a string' }],
    ['what is no JSON', `const a = {}; a.a = a; return a;`, { errorType: 'Runtime.JSONStringifyError' }],
  ])('fails an invocation for %s', async (_, statement, error) => {
    const { invoke } = start(`export const handler = async () => { ${statement} };`);

    expect(await invoke({})).toMatchObject({ kind: 'functionError', cause: 'handler', ...error });
  });

  test('is killed when the time is up, and replaced', async () => {
    const service = start(WORKING, { timeoutInSeconds: 1 });

    const result = await service.invoke({ name: 'slow', hang: true });

    expect(result).toMatchObject({
      kind: 'functionError',
      cause: 'timeout',
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${result.requestId} Error: Task timed out after 1.00 seconds`,
    });
    expect(service.environments).toEqual([]);
    const { payload } = (await service.invoke({ name: 'quick' })) as { payload: number };
    expect(payload).not.toBe(await service.logged('working on slow'));
  });

  test('is killed when its time is up even if it does not yield', async () => {
    const service = start('export const handler = () => { for (;;); };', { timeoutInSeconds: 1 });

    expect(await service.invoke({})).toMatchObject({ kind: 'functionError', cause: 'timeout' });
    expect(service.environments).toEqual([]);
  });

  test.each([
    ['code 3', 'process.exit(3)', { code: 3, signal: null }, 'Runtime exited with error: exit status 3'],
    ['code 0', 'process.exit(0)', { code: 0, signal: null }, 'Runtime exited without providing a reason'],
    ['SIGKILL', `process.kill(process.pid, 'SIGKILL')`, { code: null, signal: 'SIGKILL' }, 'signal: killed'],
  ])('that ends with %s fails the invocation and is replaced', async (_, statement, exit, message) => {
    const service = start(`export const handler = async ({ end }) => { if (end) ${statement}; };`);

    expect(await service.invoke({ end: true })).toMatchObject({
      kind: 'functionError',
      cause: 'crash',
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining(message),
      exit,
    });
    expect(service.environments).toEqual([]);
    expect(await service.invoke({})).toMatchObject({ kind: 'success' });
  });

  test('that is killed from outside in the middle fails its invocation and no other', async () => {
    const service = start(WORKING);
    const hanging = service.invoke({ name: 'a', hang: true });

    process.kill(await service.logged('working on a'), 'SIGKILL');

    expect(await hanging).toMatchObject({ kind: 'functionError', cause: 'crash', exit: { signal: 'SIGKILL' } });
    expect(await service.invoke({ name: 'b' })).toMatchObject({ kind: 'success' });
  });

  test.each([
    ['an error that nobody catches', `setImmediate(() => { throw new Error('later') });`, 1],
    ['a rejection that nobody catches', `Promise.reject(new Error('later'));`, 1],
    ['a wait for what can never come', '', 0],
  ])('ends with %s', async (_, statement, code) => {
    const service = start(`export const handler = async ({ end }) => {
      if (!end) return;
      ${statement}
      await new Promise(() => {});
    };`);

    expect(await service.invoke({ end: true })).toMatchObject({ cause: 'crash', exit: { code, signal: null } });
    expect(service.environments).toEqual([]);
    expect(await service.invoke({})).toMatchObject({ kind: 'success' });
  });

  test('does not end by a Ctrl-C, which is sent to it too', async () => {
    const { invoke } = start(`export const handler = async () => {
      process.kill(process.pid, 'SIGINT');
      await new Promise((resolve) => setImmediate(resolve));
      return 'finished';
    };`);

    expect(await invoke({})).toMatchObject({ payload: 'finished' });
  });

  test('runs out of memory where Lambda would, and not before', async () => {
    const source = `export const handler = async () => {
      const held = [];
      while (held.length < 200) held.push(new Array(131_072).fill(held.length));
      return held.length;
    };`;

    expect(await start(source, { memorySizeInMB: 128 }).invoke({})).toMatchObject({ cause: 'crash' });
    expect(await start(source, { memorySizeInMB: 512 }).invoke({})).toMatchObject({ payload: 200 });
  });
});

describe('an environment that cannot initialise', () => {
  test.each([
    [
      'a module that throws',
      `throw new TypeError('DATASET_ARN is missing');`,
      {},
      'TypeError',
      'DATASET_ARN is missing',
    ],
    ['a module that is not there', '', { handler: 'absent.handler' }, 'Runtime.ImportModuleError', 'absent'],
    ['an export that is not there', '', {}, 'Runtime.HandlerNotFound', 'index.handler'],
    ['a syntax error', 'export const handler = ;', {}, 'Runtime.UserCodeSyntaxError', 'SyntaxError'],
    ['a malformed name', '', { handler: 'index' }, 'Runtime.MalformedHandlerName', 'index'],
    [
      'a handler that calls back',
      'export const handler = (event, context, callback) => callback();',
      {},
      'Runtime.CallbackHandlerDeprecated',
      'promise',
    ],
    ['an exit', 'process.exit(7);', {}, 'Runtime.ExitError', 'exit status 7'],
  ])('for %s says so and is gone', async (_, source, overrides, errorType, message) => {
    const service = start(source, overrides);

    expect(await service.invoke({})).toMatchObject({
      kind: 'functionError',
      cause: 'init',
      errorType,
      errorMessage: expect.stringContaining(message),
    });
    expect(service.environments).toEqual([]);
  });

  test('in time is killed', async () => {
    const service = start('for (;;);', {}, { initTimeoutInSeconds: 1 });

    expect(await service.invoke({})).toMatchObject({ cause: 'init', errorType: 'Sandbox.Timedout' });
    expect(service.environments).toEqual([]);
  });

  test('is replaced by one that tries again', async () => {
    const definition = functions.deploy(`throw new Error('not yet');`);
    const service = createFunctionService(definition, { maxConcurrency: 1 });
    services.push(service);
    expect(await service.invoke({})).toMatchObject({ cause: 'init' });

    writeFileSync(join(definition.codeDirectory, 'index.mjs'), 'export const handler = async () => {};');

    expect(await service.invoke({})).toMatchObject({ kind: 'success' });
  });
});

describe('the service', () => {
  test('is not made for code that is not there', () => {
    const definition = { ...functions.deploy(''), codeDirectory: '/absent' };

    expect(() => createFunctionService(definition, { maxConcurrency: 1 })).toThrow('/absent');
  });

  test('kills what runs when it stops, and takes no more', async () => {
    const service = start(WORKING, {}, { maxConcurrency: 1 });
    const running = service.invoke({ name: 'a', hang: true });
    const waiting = service.invoke({ name: 'b' }).catch((error) => error);
    await service.logged('working on a');

    await service.stop();

    expect(service.environments).toEqual([]);
    expect(await running).toMatchObject({ kind: 'functionError', cause: 'crash' });
    expect(await waiting).toMatchObject({ name: 'ServiceStopped' });
    await expect(service.invoke({ name: 'c' })).rejects.toMatchObject({ name: 'ServiceStopped' });
  });

  test('kills what is only initialising when it stops', async () => {
    const service = start('for (;;);');
    const initialising = service.invoke({});
    await until(() => service.environments.length > 0);

    await service.stop();

    expect(service.environments).toEqual([]);
    expect(await initialising).toMatchObject({ cause: 'init', errorType: 'Runtime.ExitError' });
  });

  test('leaves nothing running, however early it stops', async () => {
    for (let turns = 0; turns < 30; turns += 1) {
      const service = start(WORKING);
      let end: unknown;
      const ended = (how: unknown) => {
        end = how;
      };
      service.invoke({ name: 'a', hang: true }).then(ended, ended);
      for (let turn = 0; turn < turns; turn += 1) await null;

      await service.stop();
      await new Promise(process.nextTick);

      expect(service.environments).toEqual([]);
      expect(end).toBeDefined();
    }
  });

  test('replaces an environment that died while it was idle', async () => {
    const service = start(WORKING);
    const { payload: pid } = (await service.invoke({ name: 'a' })) as { payload: number };

    process.kill(pid, 'SIGKILL');
    await until(() => service.environments.length === 0);

    const result = await service.invoke({ name: 'b' });
    expect(result).toMatchObject({ kind: 'success', payload: expect.any(Number) });
    expect(result).not.toMatchObject({ payload: pid });
  });

  test('leaves no server open, whether its environment crashed or was stopped', async () => {
    const servers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'TCPServerWrap').length;
    const before = servers();
    const service = start('export const handler = async ({ end }) => { if (end) process.exit(1); };');
    await service.invoke({ end: true });
    await service.invoke({});

    await service.stop();

    await until(() => servers() <= before);
  });

  test('leaves no process behind when the process that runs it is killed', async () => {
    const watcher = createServer().listen(0, '127.0.0.1');
    await once(watcher, 'listening');
    const { port } = watcher.address() as AddressInfo;
    // The handler never ends its connection, so the connection's end is that of its process.
    const definition = functions.deploy(`import { connect } from 'node:net';
      export const handler = async () => { connect(${port}, '127.0.0.1'); await new Promise(() => {}); };`);
    const module = fileURLToPath(new URL('../../../local/lambda/function-service.ts', import.meta.url));
    const script = `import { createFunctionService } from ${JSON.stringify(module)};
      await createFunctionService(${JSON.stringify(definition)}, { maxConcurrency: 1 }).invoke({});`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    try {
      const [connection] = (await once(watcher, 'connection')) as [Socket];
      const ended = new Promise((resolve) => connection.on('error', () => undefined).once('close', resolve));

      parent.kill('SIGKILL');

      connection.resume();
      await ended;
    } finally {
      parent.kill('SIGKILL');
      watcher.close();
    }
  });
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type RuntimeApi, startRuntimeApi } from '../../../local/lambda/runtime-api.ts';

let api: RuntimeApi;

beforeEach(async () => {
  api = await startRuntimeApi();
});

afterEach(() => api.stop());

const INVOCATION = {
  requestId: 'request-1',
  payload: '{"a":1}',
  deadline: 1_700_000_000_123,
  functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:users',
};

const url = (path: string) => `http://${api.address}/2018-06-01/runtime/${path}`;
const post = (path: string, body: string) => fetch(url(path), { method: 'POST', body });
const next = () => fetch(url('invocation/next'));

describe('the Runtime API', () => {
  test('holds the request for the next invocation until there is one', async () => {
    const request = next();
    await api.whenWaiting();
    api.deliver(INVOCATION);

    const response = await request;

    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': 'request-1',
      'lambda-runtime-deadline-ms': '1700000000123',
      'lambda-runtime-invoked-function-arn': INVOCATION.functionArn,
    });
    expect(await response.text()).toBe('{"a":1}');
  });

  test('takes the response to an invocation once', async () => {
    const request = next();
    const reply = api.deliver(INVOCATION);
    await (await request).text();

    expect((await post('invocation/request-1/response', '"done"')).status).toBe(202);

    expect(await reply).toEqual({ kind: 'response', payload: '"done"' });
    const again = await post('invocation/request-1/response', '"again"');
    expect(again.status).toBe(400);
    expect(await again.json()).toMatchObject({ errorType: 'InvalidRequestID' });
  });

  test('refuses the response to another invocation', async () => {
    const request = next();
    const reply = api.deliver(INVOCATION);
    await (await request).text();

    expect((await post('invocation/request-0/response', '"stale"')).status).toBe(400);
    expect((await post('invocation/request-1/error', '{}')).status).toBe(202);

    expect(await reply).toMatchObject({ kind: 'error' });
  });

  test.each([
    ['an error of the Node runtime', { errorType: 'A', errorMessage: 'a', trace: ['x'] }, ['A', 'a', ['x']]],
    ['an error of other runtimes', { errorType: 'A', errorMessage: 'a', stackTrace: ['x'] }, ['A', 'a', ['x']]],
    ['an error without members', {}, ['Unhandled', '', []]],
    ['an error that is no object', 'text', ['Unhandled', '', []]],
  ])('reads %s', async (_, body, [errorType, errorMessage, trace]) => {
    expect((await post('init/error', JSON.stringify(body))).status).toBe(202);

    expect(await api.initError).toEqual({ errorType, errorMessage, trace });
  });

  test('reads an error that is not JSON', async () => {
    await post('init/error', '<html>');

    expect(await api.initError).toEqual({ errorType: 'Unhandled', errorMessage: '', trace: [] });
  });

  test('says so when it has no such method', async () => {
    expect((await fetch(url('invocation/request-1/response'))).status).toBe(404);
    expect((await post('invocation/next', '')).status).toBe(404);
    expect((await post('elsewhere', '')).status).toBe(404);
  });
});

import { once } from 'node:events';
import { Agent, type IncomingMessage, METHODS, request } from 'node:http';
import { connect } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isDatasetArn } from '../../../local/put-users/constraints.ts';
import type { PutUsersService } from '../../../local/put-users/service.ts';
import { startPutUsersService } from '../../../local/put-users/service.ts';
import type { StoredUser } from '../../../local/put-users/store.ts';
import { checkCall, rounded, usersToStore } from '../../support/check-put-users.ts';
import { drawnFault, hostileCall, hostileRequestBody, PROPERTIES_LIMIT } from '../../support/hostile-requests.ts';
import { runs } from '../../support/property-runs.ts';
import { AUTHORIZATION, DATASET_ARN, someUsers } from './support.ts';

const ONE_USER = JSON.stringify({ datasetArn: DATASET_ARN, users: someUsers(1) });

test('every call has a reply of the service, and only a good one stores users', () => {
  fc.assert(
    fc.property(hostileCall(), drawnFault(), (call, fault) => void checkCall(call, fault)),
    runs(5_000),
  );
});

test('an ARN is read by the pattern of the API reference', () => {
  const piece = fc.constantFrom('arn:', 'a', '-', ':', '\n', '\u2028', ' ', 'personalize', ':personalize:', '\ud800');
  const arn = fc.array(piece, { maxLength: 12 }).map((pieces) => `arn:aws:personalize:${pieces.join('')}`);
  fc.assert(
    fc.property(
      fc.oneof(
        arn,
        arn.map((each) => each.slice(4)),
      ),
      (text) => {
        expect(isDatasetArn(text)).toBe(/^arn:([a-z\d-]+):personalize:.*:.*:.+$/.test(text));
      },
    ),
    runs(2_000),
  );
});

test('an ARN of colons that almost matches is refused at once', () => {
  expect(isDatasetArn(`arn:a:personalize:${':'.repeat(1_000_000)}\n`)).toBe(false);
});

test('a short request with very many users has no long message', () => {
  const body = `{"datasetArn":"${DATASET_ARN}","users":[${Array.from({ length: 100_000 }, () => 'null')}]}`;
  const reply = checkCall({ authorization: AUTHORIZATION, isSigned: true, body }, { kind: 'none' });
  expect(reply).toMatchObject({ kind: 'refused', error: { name: 'ValidationException' } });
  expect(reply.kind === 'refused' && reply.error.message.length).toBeLessThan(2_000);
});

describe('over a socket,', () => {
  const stored: StoredUser[] = [];
  const agent = new Agent({ keepAlive: true });
  let service: PutUsersService;
  beforeAll(async () => {
    service = await startPutUsersService({
      datasets: [{ arn: DATASET_ARN }],
      quota: 'unlimited',
      maxPropertiesLength: PROPERTIES_LIMIT,
      onStored: (users) => stored.push(...users),
    });
  });
  afterAll(async () => {
    agent.destroy();
    await service.stop();
  });

  interface Sent {
    readonly method?: string;
    readonly path?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string | Buffer;
    readonly isChunked?: boolean;
  }
  const send = async ({ method = 'POST', path = '/users', headers, body = '', isChunked = false }: Sent) => {
    const length = { 'content-length': Buffer.byteLength(body) };
    const outgoing = request(service.endpoint, {
      agent,
      method,
      path,
      headers: headers ?? {
        authorization: AUTHORIZATION,
        ...(isChunked ? { 'transfer-encoding': 'chunked' } : length),
      },
    });
    outgoing.end(body);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    return { status: response.statusCode!, headers: response.headers, body: await text(response) };
  };

  /** An error as restJson1 has it. */
  const expectError = (response: Awaited<ReturnType<typeof send>>, method = 'POST') => {
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(response.headers['x-amzn-errortype']).toMatch(/^[A-Z]\w+$/);
    expect(response.headers['x-amzn-requestid']).toMatch(/^[\da-f-]{36}$/);
    expect(response.headers['content-type']).toBe('application/json');
    if (method === 'HEAD') return;
    expect(JSON.parse(response.body)).toEqual({ message: expect.stringMatching(/./) });
  };

  test('every body has a reply of the service, and only a good one stores users', async () => {
    const wire = fc.record({ body: hostileRequestBody(), isChunked: fc.boolean(), isSigned: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(wire, async ({ body, isChunked, isSigned }) => {
        stored.length = 0;
        const headers = { 'transfer-encoding': 'chunked' };
        const response = await send({ body, isChunked, ...(isSigned ? {} : { headers }) });
        // What is no UTF-16 becomes U+FFFD on its way.
        const wanted = isSigned ? usersToStore(body.toWellFormed()) : undefined;
        expect(rounded(stored)).toEqual(wanted ?? []);
        if (wanted) expect([response.status, response.body]).toEqual([200, '']);
        else expectError(response);
      }),
      runs(2_000),
    );
  }, 60_000);

  test('every method and path that is not PutUsers is an unknown operation', async () => {
    const paths = ['/', '//', '//users', '/users/', '/USERS', '/%zz', '/%00', '/users%2f', '/[', '/:80', '*'];
    const bodies = ['', ONE_USER];
    const path = fc.oneof(
      fc.constantFrom(...paths, 'http://[', 'http://localhost/x', `/${'x'.repeat(8_000)}`),
      fc.string({ unit: fc.constantFrom(...'/%[]:@?#.\\users0{}|^`"<>~*&=;') }).map((rest) => `/x${rest}`),
    );
    const line = fc.oneof(
      fc.record({ method: fc.constant('POST'), path }),
      fc.record({
        method: fc.constantFrom(...METHODS.filter((method) => method !== 'POST' && method !== 'CONNECT')),
        path: fc.oneof(fc.constant('/users'), path),
      }),
    );
    await fc.assert(
      fc.asyncProperty(line, fc.constantFrom(...bodies), async (sent, body) => {
        stored.length = 0;
        const response = await send({ ...sent, body });
        expectError(response, sent.method);
        expect([response.status, response.headers['x-amzn-errortype']]).toEqual([404, 'UnknownOperationException']);
        expect(stored).toEqual([]);
      }),
      runs(1_000),
    );
  }, 60_000);

  test('the inspection surface answers with a reason, whatever it is asked', async () => {
    const paths = [
      'users/%zz',
      'users/%00',
      'users?limit=1e9',
      'users?offset=-1',
      'nothing',
      '',
      'users/a/b',
      '__proto__',
    ];
    const path = fc.constantFrom(
      ...paths,
      'users?datasetArn=__proto__',
      'constructor',
      'faults',
      'status',
      'statistics',
    );
    const body = fc.constantFrom('', '{', 'null', '[]', '{"__proto__":1}', '{"slow":1e999}', '{"seed":"x"}', '\0');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'PUT', 'POST', 'DELETE'), path, body, async (method, rest, text) => {
        const response = await send({ method, path: `/_local/${rest}`, body: text });
        expect([200, 400, 404]).toContain(response.status);
        if (response.status !== 200) expect(JSON.parse(response.body)).toEqual({ message: expect.stringMatching(/./) });
      }),
      runs(300),
    );
  }, 60_000);

  test('bytes that are not UTF-8 are refused, and not repaired', async () => {
    const body = Buffer.from(ONE_USER.replace('user-0', 'caf\u00e9'), 'latin1');
    stored.length = 0;
    const response = await send({ body });
    expectError(response);
    expect(response.headers['x-amzn-errortype']).toBe('SerializationException');
    expect(JSON.parse(response.body).message).toContain('UTF-8');
    expect(stored).toEqual([]);
  });

  test.each([false, true])(
    'a body that is too large is refused, and counted as a call (chunked: %s)',
    async (isChunked) => {
      const before = service.statistics().callsByOutcome.RequestEntityTooLargeException ?? 0;
      const body = ONE_USER + ' '.repeat(10 * 1024 * 1024);
      stored.length = 0;
      const response = await send({ body, isChunked });
      expectError(response);
      expect(response.status).toBe(413);
      expect(stored).toEqual([]);
      expect(service.statistics().callsByOutcome.RequestEntityTooLargeException).toBe(before + 1);
    },
  );

  test('a million levels of nesting are refused', async () => {
    const levels = 1_000_000;
    expectError(await send({ body: '['.repeat(levels) + ']'.repeat(levels) }));
    expectError(await send({ body: '{"users":['.repeat(levels) }));
  }, 60_000);

  const line = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
  const signed = ['Host: x', `Authorization: ${AUTHORIZATION}`];
  test.each([
    ['garbage', '\0\x01\xff\r\n\r\n'],
    ['a request line without a version', 'POST /users\r\n\r\n'],
    ['a path without a slash', line('POST users HTTP/1.1', ...signed, 'Content-Length: 0')],
    ['a request without a host', line('POST /users HTTP/1.1', 'Content-Length: 0')],
    ['two lengths', line('POST /users HTTP/1.1', ...signed, 'Content-Length: 5', 'Content-Length: 6') + ONE_USER],
    ['a negative length', line('POST /users HTTP/1.1', ...signed, 'Content-Length: -1') + ONE_USER],
    [
      'a length and chunks',
      line('POST /users HTTP/1.1', ...signed, 'Content-Length: 5', 'Transfer-Encoding: chunked') + ONE_USER,
    ],
    ['a chunk of no size', `${line('POST /users HTTP/1.1', ...signed, 'Transfer-Encoding: chunked')}zz\r\n${ONE_USER}`],
    ['too many headers', line('POST /users HTTP/1.1', ...signed, `X: ${'x'.repeat(100_000)}`)],
    ['an upgrade', line('POST /users HTTP/1.1', ...signed, 'Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 0')],
    ['a tunnel', line('CONNECT users:80 HTTP/1.1', ...signed)],
    ['an expectation', line('POST /users HTTP/1.1', ...signed, 'Expect: 200-ok', 'Content-Length: 0')],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('%s is answered with a refusal or not at all, and the service goes on', async (_, bytes) => {
    stored.length = 0;
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(service.endpoint).port) });
    socket.on('error', () => undefined);
    // Half-closed, so that the service ends the connection when it has answered.
    socket.end(bytes, 'latin1');
    const answer = await buffer(socket).then(String, () => '');
    expect(answer).toMatch(/^$|^HTTP\/1\.1 4\d\d /);
    expect(stored).toEqual([]);
    expect((await send({ body: ONE_USER })).status).toBe(200);
  });

  test('a client that goes away in the middle of its body stores nothing, and the service goes on', async () => {
    stored.length = 0;
    const outgoing = request(service.endpoint, {
      method: 'POST',
      path: '/users',
      headers: { authorization: AUTHORIZATION, 'content-length': String(ONE_USER.length + 1) },
    });
    outgoing.on('error', () => undefined);
    await new Promise<void>((resolve) => outgoing.write(ONE_USER, () => resolve()));
    await new Promise<void>((resolve) => outgoing.on('close', resolve).destroy());
    expect((await send({ body: ONE_USER })).status).toBe(200);
    expect(stored).toHaveLength(1);
  });
});

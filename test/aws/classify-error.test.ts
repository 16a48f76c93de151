import { PersonalizeEventsClient } from '@aws-sdk/client-personalize-events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { classify } from '../../aws/classify-error.ts';
import { putUsersWith } from '../../lambda/aws/put-users.ts';
import { SERVICE_ERRORS, serviceError } from '../support/errors.ts';
import { localClient, type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';

describe('an error that the SDK throws for a reply of the service', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await startScriptedServer((request, response) => {
      const { status, name, body, type } = JSON.parse(decodeURIComponent(request.headers['x-script'] as string));
      if (status === 'hang') return;
      if (status === 'drop') request.socket.destroy();
      else {
        response.writeHead(status, {
          'content-type': type ?? 'application/json',
          ...(name && { 'x-amzn-errortype': name }),
        });
        response.end(body ?? JSON.stringify({ message: `about ${name}` }));
      }
    });
  });
  afterAll(() => server.stop());

  test.each(SERVICE_ERRORS)('%s (%i) is %s', async (name, status, verdict) => {
    const classified = await classifyReply({ status, name });
    expect(describeVerdict(classified)).toBe(verdict);
    expect(classified.reason).toEqual({ code: name, message: `about ${name}` });
  });

  test('a 502 with an HTML body is transient, and its name says that nobody understood it', async () => {
    const classified = await classifyReply({ status: 502, body: '<html>Bad Gateway</html>', type: 'text/html' });
    expect(describeVerdict(classified)).toBe('transient passing');
    expect(classified.reason).toEqual({
      code: 'UnreadableReply',
      message: "HTTP 502 with a body that is not the service's",
    });
  });

  test.each([400, 403, 404, 200])('a %i whose body cannot be parsed is transient', async (status) => {
    expect(describeVerdict(await classifyReply({ status, body: '<html>proxy</html>' }))).toBe('transient passing');
  });

  test('a 400 that names no error is no answer of the service, so it is transient', async () => {
    expect(describeVerdict(await classifyReply({ status: 400, body: '{}' }))).toBe('transient passing');
  });

  test('a connection that breaks is transient', async () => {
    expect(describeVerdict(await classifyReply({ status: 'drop' }))).toBe('transient passing');
  });

  test('a connection that nobody accepts is transient', async () => {
    const gone = await startScriptedServer(() => {});
    await gone.stop();
    const classified = await classifyReply({ status: 200 }, gone.endpoint);
    expect(describeVerdict(classified)).toBe('transient passing');
    expect(classified.reason.message).toContain('ECONNREFUSED');
  });

  test('no reply in time is transient', async () => {
    const classified = await classifyReply({ status: 'hang' }, server.endpoint, 50);
    expect(describeVerdict(classified)).toBe('transient passing');
    expect(classified.reason).toEqual({ code: 'TimeoutError', message: 'no reply within 50 ms' });
  });

  async function classifyReply(script: object, endpoint = server.endpoint, timeoutInMilliseconds = 5_000) {
    const client = new PersonalizeEventsClient({ ...localClient(endpoint), maxAttempts: 1 });
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers['x-script'] = encodeURIComponent(
          JSON.stringify(script),
        );
        return next(args);
      },
      { step: 'build' },
    );
    const putUsers = putUsersWith(client, 'arn:aws:personalize:eu-west-1:123456789012:dataset/shop/USERS');
    const error = await putUsers([{ userId: 'a' }], { timeoutInMilliseconds }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    client.destroy();
    return classify(error);
  }
});

describe('a name that says that it passes is believed, whatever the status', () => {
  test.each<[string, string[]]>([
    [
      'throttled',
      [
        'ThrottlingException',
        'Throttling',
        'ThrottledException',
        'RequestThrottled',
        'RequestThrottledException',
        'TooManyRequestsException',
        'RequestLimitExceeded',
        'SlowDown',
      ],
    ],
    [
      'passing',
      [
        'ResourceInUseException',
        'RequestTimeout',
        'RequestTimeoutException',
        'RequestAbortedException',
        'InternalFailure',
        'InternalServerError',
        'InternalServerException',
        'ServiceUnavailable',
        'ServiceUnavailableException',
      ],
    ],
    [
      'deployment',
      [
        'RequestExpired',
        'RequestTimeTooSkewed',
        'InvalidSignatureException',
        'SignatureDoesNotMatch',
        'ExpiredToken',
        'ExpiredTokenException',
        'CredentialsProviderError',
        'InvalidClientTokenId',
        'UnrecognizedClientException',
        'AccessDenied',
        'AccessDeniedException',
        'NotAuthorized',
        'UnauthorizedException',
      ],
    ],
  ])('%s', (cause, names) => {
    for (const name of names) {
      for (const status of [400, 403, 500]) {
        expect(classify(serviceError(name, status))).toMatchObject({
          kind: 'transient',
          cause,
          reason: { code: name },
        });
      }
    }
  });
});

test.each([
  [399, 'transient passing'],
  [400, 'rejected user'],
  [408, 'transient passing'],
  [409, 'transient passing'],
  [413, 'rejected user'],
  [418, 'rejected request'],
  [422, 'rejected user'],
  [425, 'transient passing'],
  [429, 'transient throttled'],
  [499, 'rejected request'],
  [500, 'transient passing'],
])('a name that says nothing leaves it to the status: %i is %s', (status, verdict) => {
  expect(describeVerdict(classify(serviceError('SomethingNobodyHasHeardOf', status)))).toBe(verdict);
});

test.each([
  undefined,
  null,
  'a string',
  7,
  Symbol('s'),
  {},
  Object.create(null),
  new Error('boom'),
  new TypeError('boom'),
])('whatever else is thrown (%p) is transient: retrying loses nothing', (thrown) => {
  expect(classify(thrown)).toMatchObject({ kind: 'transient', cause: 'passing' });
});

test.each(['constructor', 'toString', '__proto__'])('an error may be called %s and is judged by its status', (name) => {
  expect(describeVerdict(classify(serviceError(name, 400)))).toBe('rejected user');
  expect(describeVerdict(classify(serviceError(name, 503)))).toBe('transient passing');
});

test('an error of the system is named by its code', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  expect(classify(refused).reason).toEqual({ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' });
});

test.each<[unknown, string, string]>([
  [new TypeError('boom'), 'TypeError', 'boom'],
  [Object.assign(new TypeError('boom'), { code: 'ERR_INVALID_URL' }), 'TypeError', 'boom'],
  [new Error('boom'), 'UnknownError', 'boom'],
  [Object.assign(new Error('boom'), { code: '' }), 'UnknownError', 'boom'],
  [Object.assign(new Error('boom'), { code: 7 }), 'UnknownError', 'boom'],
  [Object.assign(new Error('boom'), { name: '', code: 'EPIPE' }), 'EPIPE', 'boom'],
  [{ name: 7, message: 7 }, 'UnknownError', 'an object without a message was thrown'],
  ['a string', 'UnknownError', 'a string'],
  [null, 'UnknownError', 'null'],
  [undefined, 'UnknownError', 'undefined'],
])('what is thrown (%p) is named %s, and said to be %p', (thrown, code, text) => {
  expect(classify(thrown).reason).toEqual({ code, message: text });
});

test.each(['SyntaxError', 'Unknown'])('an error called %s that came without a reply is not one of a reply', (name) => {
  expect(classify(Object.assign(new Error('boom'), { name })).reason).toEqual({ code: name, message: 'boom' });
});

function describeVerdict(classified: ReturnType<typeof classify>): string {
  return `${classified.kind} ${classified.kind === 'rejected' ? classified.scope : classified.cause}`;
}

import { readFileSync } from 'node:fs';
import {
  InvalidInputException,
  ResourceInUseException,
  ResourceNotFoundException,
  type User,
} from '@aws-sdk/client-personalize-events';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Clock } from '../../../local/put-users/clock.ts';
import { type PutUsersServiceOptions, startPutUsersService } from '../../../local/put-users/service.ts';
import { readUsersSchema } from '../../../local/put-users/users-schema.ts';
import { AUTHORIZATION, DATASET_ARN, OTHER_DATASET_ARN, type Running, someUsers, withService } from './support.ts';

const REQUEST_ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Time stands still; sleepers are recorded and sleep until they are woken. */
function stillClock() {
  const slept: number[] = [];
  const woken = Promise.withResolvers<void>();
  const firstSleeper = Promise.withResolvers<AbortSignal>();
  const clock: Clock = {
    now: () => 0,
    sleep: (milliseconds, signal) => {
      slept.push(milliseconds);
      firstSleeper.resolve(signal);
      signal.addEventListener('abort', () => woken.reject(signal.reason));
      return woken.promise;
    },
  };
  return { clock, slept, wake: woken.resolve, firstSleeper: firstSleeper.promise };
}

/** What the client throws for a user, with a service that behaves so. */
async function thrownWith(options: Partial<PutUsersServiceOptions>, ...putUsers: Parameters<Running['put']>) {
  let thrown: unknown;
  await withService(options, async ({ put }) => {
    thrown = await put(...putUsers).catch((error: unknown) => error);
  });
  return thrown;
}

describe('users that are put with the SDK', () => {
  test('are in the dataset', async () => {
    await withService({}, async ({ service, put }) => {
      await put([{ userId: 'ada', properties: '{"age": 36}' }, { userId: 'bob' }]);
      expect([...service.users(DATASET_ARN)]).toEqual([
        ['ada', { userId: 'ada', properties: { age: 36 } }],
        ['bob', { userId: 'bob', properties: {} }],
      ]);
    });
  });

  test('come through whether their properties are an object or a JSON string', async () => {
    await withService({}, async ({ service, put }) => {
      const properties = { genres: 'drama|sci-fi', name: 'Zoë "Z" 😀' };
      await put([
        { userId: 'object', properties: properties as unknown as string },
        { userId: 'string', properties: JSON.stringify(properties) },
      ]);
      for (const user of service.users(DATASET_ARN).values()) expect(user.properties).toEqual(properties);
    });
  });

  test('replace a user with the same userId, and are not merged into it', async () => {
    await withService({}, async ({ service, put }) => {
      await put([{ userId: 'ada', properties: '{"age": 36, "country": "UK"}' }]);
      await put([{ userId: 'ada', properties: '{"age": 37}' }]);
      expect([...service.users(DATASET_ARN).values()]).toEqual([{ userId: 'ada', properties: { age: 37 } }]);
    });
  });

  test('stand as the last of them, when one call has a user twice', async () => {
    await withService({}, async ({ service, put }) => {
      await put([
        { userId: 'ada', properties: '{"age": 36}' },
        { userId: 'ada', properties: '{"age": 37}' },
      ]);
      expect(service.users(DATASET_ARN).get('ada')).toEqual({ userId: 'ada', properties: { age: 37 } });
    });
  });

  test('go into the dataset that the call names', async () => {
    const datasets = [{ arn: DATASET_ARN }, { arn: OTHER_DATASET_ARN }];
    await withService({ datasets }, async ({ service, put }) => {
      await put(someUsers(2), OTHER_DATASET_ARN);
      expect([service.users(DATASET_ARN).size, service.users(OTHER_DATASET_ARN).size]).toEqual([0, 2]);
    });
  });

  test('make a dataset that is what the last write to each userId says', async () => {
    const user = fc.record({
      userId: fc.constantFrom('ada', 'bob', 'cleo', 'dan'),
      properties: fc.option(
        fc.dictionary(fc.constantFrom('age', 'visits'), fc.integer()).map((object) => JSON.stringify(object)),
        { nil: undefined },
      ),
    });
    const calls = fc.array(fc.array(user, { minLength: 1, maxLength: 10 }), { maxLength: 5 });
    await withService({ quota: 'unlimited' }, async ({ service, put }) => {
      const lastWrite = new Map<string, unknown>();
      await fc.assert(
        fc.asyncProperty(calls, async (calls) => {
          for (const users of calls) {
            await put(users as User[]);
            for (const { userId, properties = '{}' } of users) {
              lastWrite.set(userId, { userId, properties: JSON.parse(properties) });
            }
          }
          expect(Object.fromEntries(service.users(DATASET_ARN))).toEqual(Object.fromEntries(lastWrite));
        }),
        { numRuns: 30 },
      );
    });
  });
});

describe('a good call', () => {
  test('is answered with a 200, an empty body and a request id', async () => {
    await withService({}, async ({ post }) => {
      const response = await post(JSON.stringify({ datasetArn: DATASET_ARN, users: [{ userId: 'ada' }] }));
      expect(response.status).toBe(200);
      expect(response.headers.get('content-length')).toBe('0');
      expect(await response.text()).toBe('');
      expect(response.headers.get('x-amzn-requestid')).toMatch(REQUEST_ID);
    });
  });

  test('gives the SDK its request id', async () => {
    await withService({}, async ({ put }) => {
      expect(await put(someUsers(1))).toMatchObject({
        $metadata: { httpStatusCode: 200, requestId: expect.stringMatching(REQUEST_ID) },
      });
    });
  });
});

describe('the SDK throws', () => {
  const schema = readUsersSchema(readFileSync('samples/users-schema.avsc', 'utf8'));

  test('a ResourceNotFoundException for a dataset that is not there', async () => {
    const error = await thrownWith({}, someUsers(1), OTHER_DATASET_ARN);
    expect(error).toBeInstanceOf(ResourceNotFoundException);
    expect(error).toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Could not find the specified resource: ${OTHER_DATASET_ARN}`,
      $metadata: { httpStatusCode: 404, requestId: expect.stringMatching(REQUEST_ID) },
    });
  });

  test('a ResourceInUseException for a dataset that is being updated', async () => {
    const error = await thrownWith({ datasets: [{ arn: DATASET_ARN, status: 'UPDATING' }] }, someUsers(1));
    expect(error).toBeInstanceOf(ResourceInUseException);
    expect(error).toMatchObject({ name: 'ResourceInUseException', $metadata: { httpStatusCode: 409 } });
  });

  test('an InvalidInputException for properties that the schema does not have', async () => {
    const error = await thrownWith({ datasets: [{ arn: DATASET_ARN, schema }] }, [
      { userId: 'ada', properties: '{"shoeSize": 39}' },
    ]);
    expect(error).toBeInstanceOf(InvalidInputException);
    expect(error).toMatchObject({
      name: 'InvalidInputException',
      message: "Property 'shoeSize' is not in the schema of the dataset",
      $fault: 'client',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test.each<[string, string, User[]]>([
    ['no users', 'ValidationException', []],
    ['eleven users', 'ValidationException', someUsers(11)],
    ['an empty userId', 'ValidationException', [{ userId: '' }]],
    ['properties of 24001 characters', 'ValidationException', [{ userId: 'a', properties: 'x'.repeat(24_001) }]],
    ['properties that are no JSON', 'InvalidInputException', [{ userId: 'a', properties: 'x' }]],
    ['nested properties', 'InvalidInputException', [{ userId: 'a', properties: '{"a":{}}' }]],
  ])('for %s a %s with status 400', async (_, name, users) => {
    expect(await thrownWith({}, users)).toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });

  test.each<[string, number, Partial<PutUsersServiceOptions>]>([
    ['ThrottlingException', 400, { faults: { throttling: 1 } }],
    ['ResourceInUseException', 409, { faults: { conflict: 1 } }],
  ])('a %s with status %d when that is the fault', async (name, httpStatusCode, options) => {
    expect(await thrownWith(options, someUsers(1))).toMatchObject({ name, $metadata: { httpStatusCode } });
  });

  test('an InternalFailure, a ServiceUnavailable or a SyntaxError for server errors, each as it comes', async () => {
    await withService({ quota: 'unlimited', faults: { serverError: 1 } }, async ({ service, put }) => {
      const thrown = new Map<string, unknown>();
      for (let call = 0; call < 30; call += 1) {
        const error = await put(someUsers(1)).catch((error: unknown) => error as Error);
        thrown.set((error as Error).name, error);
      }
      expect(Object.fromEntries(thrown)).toMatchObject({
        InternalFailure: { $metadata: { httpStatusCode: 500 } },
        ServiceUnavailable: { $metadata: { httpStatusCode: 503 } },
        SyntaxError: { $metadata: { httpStatusCode: 502 } },
      });
      expect(thrown.size).toBe(3);
      expect(service.users(DATASET_ARN).size).toBe(0);
      expect(Object.keys(service.statistics().callsByOutcome).sort()).toEqual([
        'BadGateway',
        'InternalFailure',
        'ServiceUnavailable',
      ]);
    });
  });
});

describe('one bad user', () => {
  test.each<[string, User]>([
    ['that breaks a constraint', { userId: '' }],
    ['whose properties are refused', { userId: 'bad', properties: '[]' }],
  ])('%s rejects the whole call, and nothing is stored', async (_, bad) => {
    await withService({}, async ({ service, put }) => {
      await expect(put([...someUsers(9), bad])).rejects.toThrow();
      expect(service.users(DATASET_ARN).size).toBe(0);
    });
  });
});

describe('a request that the SDK would not send', () => {
  const good = JSON.stringify({ datasetArn: DATASET_ARN, users: someUsers(1) });

  test.each<[string, number, string, string, Record<string, string>, string]>([
    ['without a signature', 403, 'MissingAuthenticationTokenException', good, {}, '/users'],
    [
      'signed for another service',
      403,
      'InvalidSignatureException',
      good,
      { authorization: AUTHORIZATION.replace('/personalize/', '/sqs/') },
      '/users',
    ],
    ['that is not JSON', 400, 'SerializationException', '{', { authorization: AUTHORIZATION }, '/users'],
    ['without a body', 400, 'ValidationException', '', { authorization: AUTHORIZATION }, '/users'],
    ['for another operation', 404, 'UnknownOperationException', good, { authorization: AUTHORIZATION }, '/events'],
  ])('%s is answered with a %d %s', async (_, status, name, body, headers, path) => {
    await withService({}, async ({ service, post }) => {
      const response = await post(body, headers, path);
      expect(response.status).toBe(status);
      expect(response.headers.get('x-amzn-errortype')).toBe(name);
      expect(response.headers.get('x-amzn-requestid')).toMatch(REQUEST_ID);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await response.json()).toEqual({ message: expect.stringMatching(/./) });
      expect(service.users(DATASET_ARN).size).toBe(0);
    });
  });

  test('with another method is an unknown operation', async () => {
    await withService({}, async ({ service }) => {
      const response = await fetch(`${service.endpoint}/users`, { headers: { authorization: AUTHORIZATION } });
      expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([404, 'UnknownOperationException']);
    });
  });
});

describe('the quota', () => {
  test('is 10 calls at once unless it is set, and a throttled call stores nothing', async () => {
    await withService({ clock: stillClock().clock }, async ({ service, put }) => {
      for (const user of someUsers(10)) await put([user]);
      await expect(put([{ userId: 'one too many' }])).rejects.toMatchObject({
        name: 'ThrottlingException',
        message: 'Rate exceeded',
        $fault: 'client',
        $metadata: { httpStatusCode: 400 },
      });
      expect(service.users(DATASET_ARN).size).toBe(10);
      expect(service.users(DATASET_ARN).has('one too many')).toBe(false);
    });
  });

  test('is spent by calls that are rejected, too', async () => {
    const options = { clock: stillClock().clock, quota: { requestsPerSecond: 1, burst: 1 } };
    await withService(options, async ({ put }) => {
      await expect(put([])).rejects.toMatchObject({ name: 'ValidationException' });
      await expect(put(someUsers(1))).rejects.toMatchObject({ name: 'ThrottlingException' });
    });
  });

  test('is not spent by calls without a signature', async () => {
    const options = { clock: stillClock().clock, quota: { requestsPerSecond: 1, burst: 1 } };
    await withService(options, async ({ put, post }) => {
      await post('{}', {});
      await put(someUsers(1));
    });
  });
});

describe('a dropped reply', () => {
  test('breaks the connection, and half of the time the users were stored all the same', async () => {
    await withService({ quota: 'unlimited', faults: { dropped: 1, seed: 5 } }, async ({ service, put }) => {
      for (const user of someUsers(40)) await expect(put([user])).rejects.toThrow('socket hang up');
      const { callsByOutcome, usersStored } = service.statistics();
      expect(callsByOutcome).toEqual({ Dropped: expect.any(Number), DroppedAfterStoring: expect.any(Number) });
      expect(callsByOutcome.DroppedAfterStoring).toBeGreaterThan(10);
      expect(callsByOutcome.Dropped).toBeGreaterThan(10);
      expect(usersStored).toBe(callsByOutcome.DroppedAfterStoring);
      expect(service.users(DATASET_ARN).size).toBe(usersStored);
    });
  });

  test('never stores users that would have been rejected', async () => {
    await withService({ quota: 'unlimited', faults: { dropped: 1, seed: 5 } }, async ({ service, put }) => {
      for (let call = 0; call < 10; call += 1) await expect(put([{ userId: '' }])).rejects.toThrow();
      expect(service.users(DATASET_ARN).size).toBe(0);
      expect(service.statistics().callsByOutcome).toEqual({ Dropped: 10 });
    });
  });
});

describe('a slow reply', () => {
  test('is late by what the faults and the latency say; its users are stored at once', async () => {
    const { clock, slept, wake, firstSleeper } = stillClock();
    const options = {
      clock,
      faults: { slow: 1, slowByInMilliseconds: 30_000 },
      latencyInMilliseconds: { mean: 50, jitter: 0 },
    };
    await withService(options, async ({ service, put }) => {
      let answered = false;
      const reply = put(someUsers(1)).then(() => {
        answered = true;
      });
      await firstSleeper;
      expect(slept).toEqual([30_050]);
      expect(service.users(DATASET_ARN).size).toBe(1);
      expect(answered).toBe(false);
      wake();
      await reply;
    });
  });

  test('does not keep the service from stopping', async () => {
    const { clock, firstSleeper } = stillClock();
    await withService({ clock, faults: { slow: 1 } }, async ({ service, put }) => {
      const broken = expect(put(someUsers(1))).rejects.toThrow('socket hang up');
      const signal = await firstSleeper;
      await service.stop();
      await broken;
      expect(signal.aborted).toBe(true);
    });
  });

  test('does not happen without the fault', async () => {
    const { clock, slept } = stillClock();
    await withService({ clock }, async ({ put }) => {
      await put(someUsers(1));
      expect(slept).toEqual([]);
    });
  });
});

describe('a running service', () => {
  test('counts its calls by outcome, and the users of those that stored them', async () => {
    await withService({ quota: 'unlimited' }, async ({ service, put, post }) => {
      await put(someUsers(10));
      await put(someUsers(10));
      await put(someUsers(3));
      await expect(put([])).rejects.toThrow();
      await post('{}', {});
      service.setFaults({ throttling: 1 });
      await expect(put(someUsers(5))).rejects.toThrow();
      expect(service.statistics()).toEqual({
        calls: 6,
        callsByOutcome: {
          Accepted: 3,
          ValidationException: 1,
          MissingAuthenticationTokenException: 1,
          ThrottlingException: 1,
        },
        usersStored: 23,
        storingCallsBySize: { 10: 2, 3: 1 },
      });
    });
  });

  test('gives statistics that do not change afterwards', async () => {
    await withService({}, async ({ service, put }) => {
      const before = service.statistics();
      await put(someUsers(1));
      expect(before).toEqual({ calls: 0, callsByOutcome: {}, usersStored: 0, storingCallsBySize: {} });
    });
  });

  test('takes up and leaves off faults', async () => {
    await withService({}, async ({ service, put }) => {
      service.setFaults({ conflict: 1 });
      await expect(put(someUsers(1))).rejects.toMatchObject({ name: 'ResourceInUseException' });
      service.setFaults({});
      await put(someUsers(1));
      expect(() => service.setFaults({ conflict: 2 })).toThrow(RangeError);
    });
  });

  test('refuses writes to a dataset for as long as it is being updated', async () => {
    await withService({}, async ({ service, put }) => {
      service.setStatus(DATASET_ARN, 'UPDATING');
      await expect(put(someUsers(1))).rejects.toMatchObject({ name: 'ResourceInUseException' });
      service.setStatus(DATASET_ARN, 'ACTIVE');
      await put(someUsers(1));
    });
  });

  test('knows no dataset that it was not given', async () => {
    await withService({}, async ({ service }) => {
      const message = `there is no dataset ${OTHER_DATASET_ARN}; there is ${DATASET_ARN}`;
      expect(() => service.users(OTHER_DATASET_ARN)).toThrow(new RangeError(message));
      expect(() => service.setStatus(OTHER_DATASET_ARN, 'ACTIVE')).toThrow(new RangeError(message));
    });
  });

  test('can be stopped twice, and listens no longer', async () => {
    const service = await startPutUsersService({ datasets: [{ arn: DATASET_ARN }] });
    await service.stop();
    await service.stop();
    await expect(fetch(service.endpoint)).rejects.toThrow();
  });

  test('takes the port that it is told to, and says when it cannot', async () => {
    await withService({}, async ({ service }) => {
      const port = Number(new URL(service.endpoint).port);
      await expect(startPutUsersService({ datasets: [{ arn: DATASET_ARN }], port })).rejects.toMatchObject({
        code: 'EADDRINUSE',
      });
    });
  });
});

describe('a service does not start', () => {
  test.each<[string, Partial<PutUsersServiceOptions>, string]>([
    ['without datasets', { datasets: [] }, 'datasets must hold at least one dataset'],
    [
      'with one ARN twice',
      { datasets: [{ arn: DATASET_ARN }, { arn: DATASET_ARN }] },
      'datasets must not hold one ARN twice',
    ],
    [
      'with an ARN that no request could name',
      { datasets: [{ arn: 'users' }] },
      "a dataset takes an ARN like arn:aws:personalize:eu-central-1:123456789012:dataset/shop/USERS, not 'users'",
    ],
    ['with a rate above 1', { faults: { slow: 2 } }, 'faults.slow must be a rate from 0 to 1, not 2'],
    [
      'with a quota of nothing',
      { quota: { requestsPerSecond: 0, burst: 1 } },
      'quota.requestsPerSecond must be a number above 0, not 0',
    ],
    [
      'with no room for properties',
      { maxPropertiesLength: 0 },
      'maxPropertiesLength must be a whole number above 0, not 0',
    ],
  ])('%s', async (_, options, message) => {
    const start = startPutUsersService({ datasets: [{ arn: DATASET_ARN }], ...options });
    await expect(start).rejects.toThrow(new RangeError(message));
  });
});

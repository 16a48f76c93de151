import { describe, expect, test } from '@jest/globals';
import { DATASET_ARN, OTHER_DATASET_ARN, someUsers, withService } from './support.ts';

/** Asks the inspection surface, and gives status and JSON. */
async function ask(endpoint: string, path: string, put?: unknown): Promise<readonly [number, unknown]> {
  const request = put === undefined ? {} : { method: 'PUT', body: typeof put === 'string' ? put : JSON.stringify(put) };
  const response = await fetch(`${endpoint}/_local/${path}`, request);
  return [response.status, await response.json()];
}

describe('GET /_local/users', () => {
  test('says how many users there are, and lists them', async () => {
    await withService({}, async ({ service, put }) => {
      await put(someUsers(2));
      expect(await ask(service.endpoint, 'users')).toEqual([
        200,
        {
          datasetArn: DATASET_ARN,
          status: 'ACTIVE',
          count: 2,
          offset: 0,
          users: [
            { userId: 'user-0', properties: { age: 34 } },
            { userId: 'user-1', properties: { age: 34 } },
          ],
        },
      ]);
    });
  });

  test('shows a number of 64 bits digit for digit', async () => {
    await withService({}, async ({ service, put }) => {
      await put([{ userId: 'ada', properties: '{"visits":9223372036854775807,"age":36}' }]);
      const response = await fetch(`${service.endpoint}/_local/users/ada`);
      expect(await response.text()).toMatch(/"visits": 9223372036854775807,\s+"age": 36\s/);
    });
  });

  test('lists them by pages, 100 a page unless the limit says otherwise', async () => {
    await withService({ quota: 'unlimited' }, async ({ service, put }) => {
      const users = someUsers(120);
      for (let first = 0; first < users.length; first += 10) await put(users.slice(first, first + 10));
      const userIds = async (query: string) => {
        const [, page] = await ask(service.endpoint, `users${query}`);
        return (page as { users: { userId: string }[] }).users.map(({ userId }) => userId);
      };
      expect(await userIds('')).toEqual(users.slice(0, 100).map(({ userId }) => userId));
      expect(await userIds('?offset=100')).toEqual(users.slice(100).map(({ userId }) => userId));
      expect(await userIds('?limit=2&offset=5')).toEqual(['user-5', 'user-6']);
      expect(await userIds('?offset=120')).toEqual([]);
    });
  });

  test.each(['limit=-1', 'limit=1001', 'offset=x', 'limit='])('refuses %s', async (query) => {
    await withService({}, async ({ service }) => {
      expect(await ask(service.endpoint, `users?${query}`)).toEqual([
        400,
        { message: expect.stringMatching(/^(limit|offset) must be a whole number from 0 to \d+, not/) },
      ]);
    });
  });

  test('shows the dataset that is asked for, the first one when none is', async () => {
    const datasets = [{ arn: DATASET_ARN }, { arn: OTHER_DATASET_ARN }];
    await withService({ datasets }, async ({ service, put }) => {
      await put(someUsers(1), OTHER_DATASET_ARN);
      expect(await ask(service.endpoint, 'users')).toMatchObject([200, { datasetArn: DATASET_ARN, count: 0 }]);
      expect(await ask(service.endpoint, `users?datasetArn=${OTHER_DATASET_ARN}`)).toMatchObject([
        200,
        { datasetArn: OTHER_DATASET_ARN, count: 1 },
      ]);
      expect(await ask(service.endpoint, 'users?datasetArn=x')).toEqual([
        404,
        { message: `there is no dataset x; there is ${DATASET_ARN}, ${OTHER_DATASET_ARN}` },
      ]);
    });
  });
});

describe('GET /_local/users/{userId}', () => {
  test.each(['ada', 'a/b c?', 'zoë 😀', '%', ''.padEnd(256, 'x')])('shows the user %s', async (userId) => {
    await withService({}, async ({ service, put }) => {
      await put([{ userId, properties: '{"age": 36}' }]);
      expect(await ask(service.endpoint, `users/${encodeURIComponent(userId)}`)).toEqual([
        200,
        { userId, properties: { age: 36 } },
      ]);
    });
  });

  test('says that a user is not there', async () => {
    await withService({}, async ({ service }) => {
      expect(await ask(service.endpoint, 'users/nobody')).toEqual([
        404,
        { message: `there is no user nobody in ${DATASET_ARN}` },
      ]);
    });
  });

  test('says that a path is not percent-encoded', async () => {
    await withService({}, async ({ service }) => {
      expect(await ask(service.endpoint, 'users/%ff')).toMatchObject([400, {}]);
    });
  });
});

test('GET /_local/statistics shows what became of the calls', async () => {
  await withService({}, async ({ service, put }) => {
    await put(someUsers(7));
    expect(await ask(service.endpoint, 'statistics')).toEqual([200, service.statistics()]);
    expect(service.statistics().storingCallsBySize).toEqual({ 7: 1 });
  });
});

describe('PUT /_local/faults', () => {
  test('sets the faults, and shows all of them', async () => {
    await withService({ faults: { throttling: 1 } }, async ({ service, put }) => {
      expect(await ask(service.endpoint, 'faults', { conflict: 1, seed: 3 })).toEqual([
        200,
        { throttling: 0, serverError: 0, conflict: 1, dropped: 0, slow: 0, slowByInMilliseconds: 5000, seed: 3 },
      ]);
      await expect(put(someUsers(1))).rejects.toMatchObject({ name: 'ResourceInUseException' });
    });
  });

  test.each<[string, unknown]>([
    ['faults.slow must be a rate from 0 to 1, not 7', { slow: 7 }],
    ['the body must be JSON, not slow=1', 'slow=1'],
    ['the body must be JSON, not nothing', ''],
  ])('says that %s, and leaves the faults as they are', async (message, body) => {
    await withService({ faults: { conflict: 1 } }, async ({ service, put }) => {
      expect(await ask(service.endpoint, 'faults', body)).toEqual([400, { message }]);
      await expect(put(someUsers(1))).rejects.toMatchObject({ name: 'ResourceInUseException' });
    });
  });
});

describe('PUT /_local/status', () => {
  test('says what the dataset is doing', async () => {
    await withService({}, async ({ service, put }) => {
      const expected = [200, { datasetArn: DATASET_ARN, status: 'UPDATING' }];
      expect(await ask(service.endpoint, 'status', { status: 'UPDATING' })).toEqual(expected);
      await expect(put(someUsers(1))).rejects.toMatchObject({ name: 'ResourceInUseException' });
      await ask(service.endpoint, 'status', { status: 'ACTIVE' });
      await put(someUsers(1));
    });
  });

  test.each<[unknown]>([[{ status: 'IDLE' }], [{}], [[]]])('refuses %j', async (body) => {
    await withService({}, async ({ service }) => {
      expect(await ask(service.endpoint, 'status', body)).toEqual([
        400,
        { message: 'the body must be {"status": "ACTIVE"} or {"status": "UPDATING"}' },
      ]);
    });
  });
});

test.each(['', 'user', 'users/ada/properties', 'faults', 'statistics/'])('there is no GET /_local/%s', async (path) => {
  await withService({}, async ({ service }) => {
    expect(await ask(service.endpoint, path)).toEqual([404, { message: `there is no GET /_local/${path}` }]);
  });
});

test('looking into the service is not counted as a call', async () => {
  await withService({}, async ({ service }) => {
    await ask(service.endpoint, 'users');
    expect(service.statistics().calls).toBe(0);
  });
});

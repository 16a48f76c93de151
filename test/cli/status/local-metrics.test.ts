/** What `status` makes of the embedded world's answers, from a server that gives them as a test says. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createMetricsReader } from '../../../cli/status/metrics-reader.ts';
import type { LocalTarget } from '../../../cli/target.ts';
import { localClient, type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';

const NOTHING = { ready: [] as object[], delayed: [] as object[], inflight: [] as object[] };

let server: ScriptedServer;
let sqs: SQSClient;
let clock: number;
let statistics: { usersStored: number; at: number }[];
let depth: [visible: number, inFlight: number, delayed: number];
let messages: typeof NOTHING;
let inspected: string[];
let noisyGroups: readonly string[] | undefined;

beforeEach(async () => {
  [clock, depth, messages, inspected] = [0, [0, 0, 0], NOTHING, []];
  statistics = [{ usersStored: 0, at: 0 }];
  noisyGroups = undefined;
  server = await startScriptedServer((request, response) => {
    const path = request.url!;
    if (path === '/_local/statistics') {
      const { usersStored, at } = statistics.shift() ?? { usersStored: 0, at: clock + 1 };
      clock = at;
      return response.end(JSON.stringify({ usersStored }));
    }
    if (path === '/_local/queues/users/noisy-groups') return response.end(JSON.stringify({ noisyGroups }));
    if (path.startsWith('/_fauxqs')) {
      inspected.push(path);
      return response.end(JSON.stringify({ messages }));
    }
    const [visible, inFlight, delayed] = depth.map(String);
    const Attributes = {
      ApproximateNumberOfMessages: visible,
      ApproximateNumberOfMessagesNotVisible: inFlight,
      ApproximateNumberOfMessagesDelayed: delayed,
    };
    return response.end(JSON.stringify({ Attributes }));
  });
  sqs = new SQSClient(localClient(server.endpoint));
});
afterEach(async () => {
  jest.restoreAllMocks();
  sqs.destroy();
  await server.stop();
});

function startReader() {
  const target = {
    kind: 'local',
    sqs,
    queueUrl: `${server.endpoint}/000000000000/users`,
    putUsersEndpoint: server.endpoint,
  };
  const reader = createMetricsReader(target as unknown as LocalTarget);
  return () => reader.read(new AbortController().signal);
}

test('the rate is that between two looks, whatever time has passed, and no look is counted twice', async () => {
  statistics = [
    { usersStored: 1_000, at: 500 },
    { usersStored: 1_300, at: 2_500 },
    { usersStored: 1_400, at: 12_500 },
  ];
  jest.spyOn(performance, 'now').mockImplementation(() => clock);
  const read = startReader();
  expect(await read()).toMatchObject({ deliveredPerSecond: 150 });
  expect(await read()).toMatchObject({ deliveredPerSecond: 10 });
});

describe('the oldest message', () => {
  const sentAt = (sentTimestamp: number) => ({ sentTimestamp });
  const age = async () => (await startReader()()).oldestAgeInSeconds;
  beforeEach(() => {
    jest.spyOn(Date, 'now').mockReturnValue(100_000);
  });

  test.each<[string, Partial<typeof NOTHING>]>([
    ['waits', { ready: [sentAt(95_000), sentAt(40_000)], delayed: [sentAt(70_000)] }],
    ['is delayed', { ready: [sentAt(95_000)], delayed: [sentAt(99_000), sentAt(40_000)] }],
    ['is worked on', { ready: [sentAt(95_000)], inflight: [{ message: sentAt(40_000) }] }],
  ])('may be one that %s', async (_, some) => {
    messages = { ...NOTHING, ...some };
    depth = [2, 1, 0];
    expect(await age()).toBe(60);
    expect(inspected).toEqual(['/_fauxqs/queues/users']);
  });

  test('is not there in an empty queue, and not of the future when clocks differ', async () => {
    expect(await age()).toBe(0);
    messages = { ...NOTHING, ready: [sentAt(100_001)] };
    expect(await age()).toBe(0);
  });

  test('is unknown in a queue of so many that listing them all would take long', async () => {
    depth = [9_990, 6, 4];
    messages = { ...NOTHING, ready: [sentAt(99_000)] };
    expect(await age()).toBe(1);
    depth = [9_990, 6, 5];
    expect(await age()).toBeUndefined();
    expect(inspected).toHaveLength(1);
  });
});

describe('sources', () => {
  const sent = (sentTimestamp: number, messageGroupId?: string) => ({ sentTimestamp, messageGroupId });
  beforeEach(() => {
    jest.spyOn(Date, 'now').mockReturnValue(100_000);
    messages = { ready: [sent(40_000, 'load'), sent(97_000)], delayed: [sent(99_000, 'crm')], inflight: [] };
    depth = [2, 0, 1];
  });

  test('with a backlog are counted, and left out of the age of the others', async () => {
    noisyGroups = ['load'];
    expect(await startReader()()).toMatchObject({ oldestAgeInSeconds: 60, noisySources: 1, quietAgeInSeconds: 3 });
  });

  test('without a backlog are all in one age', async () => {
    noisyGroups = [];
    expect(await startReader()()).toMatchObject({ oldestAgeInSeconds: 60, noisySources: 0, quietAgeInSeconds: 60 });
  });

  test('are counted in a queue whose messages are too many to list', async () => {
    noisyGroups = ['load'];
    depth = [9_990, 6, 5];
    expect(await startReader()()).toMatchObject({ oldestAgeInSeconds: undefined, noisySources: 1 });
  });

  test('are not told of where there are none: on a FIFO queue', async () => {
    const read = await startReader()();
    expect(read.noisySources).toBeUndefined();
    expect(read.quietAgeInSeconds).toBeUndefined();
  });
});

import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { SqsEvent, SqsRecord } from '../../../local/event-source-mapping/sqs-event.ts';
import { MAX_EVENT_BYTES } from '../../../local/lambda/limits.ts';
import { until } from '../sqs/until.ts';
import { deletedCount, failures, polledQueue, startTestWorld, success, type TestWorld } from './test-world.ts';

/** Real processes and visibility timeouts: seconds, on a machine that has better to do. */
jest.setTimeout(60_000);

let world: TestWorld;

beforeEach(async () => {
  world = await startTestWorld();
});

afterEach(() => world.stop());

const EMPTY = { visible: 0, inFlight: 0, delayed: 0 };
const bodies = (records: readonly SqsRecord[]) => records.map(({ body }) => body);
const numbered = (count: number, prefix = '') => Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
const receiveCount = ({ attributes }: SqsRecord) => Number(attributes.ApproximateReceiveCount);

/** What ends when a test says so. */
function createGate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

describe('what a function is given', () => {
  test('is the event that Lambda would make of the messages', async () => {
    await world.createQueue('users');
    const events: SqsEvent[] = [];
    await world.send('{"userId":"u1"}', {
      MessageAttributes: {
        source: { DataType: 'String', StringValue: 'shop' },
        trace: { DataType: 'Binary', BinaryValue: Uint8Array.of(1, 2, 255) },
      },
    });

    world.startMapping(async (event) => {
      events.push(event);
      return success();
    });
    await world.reported((reports) => deletedCount(reports) === 1);

    expect(JSON.parse(JSON.stringify(events))).toEqual([
      {
        Records: [
          {
            messageId: expect.stringMatching(/^[\da-f-]{36}$/),
            receiptHandle: expect.any(String),
            body: '{"userId":"u1"}',
            attributes: {
              ApproximateReceiveCount: '1',
              SentTimestamp: expect.stringMatching(/^\d{13}$/),
              SenderId: expect.any(String),
              ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
            },
            messageAttributes: {
              source: { stringValue: 'shop', stringListValues: [], binaryListValues: [], dataType: 'String' },
              trace: { binaryValue: 'AQL/', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
            },
            md5OfBody: expect.stringMatching(/^[\da-f]{32}$/),
            md5OfMessageAttributes: expect.stringMatching(/^[\da-f]{32}$/),
            eventSource: 'aws:sqs',
            eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:users',
            awsRegion: 'eu-central-1',
          },
        ],
      },
    ]);
  });

  test('is a batch of more than ten when the window lets it be gathered', async () => {
    await world.createQueue('users');
    await world.sendMany(numbered(25));

    world.startMapping(async () => success(), { batchSize: 25, batchingWindowInSeconds: 300 });
    await world.reported((reports) => deletedCount(reports) === 25);

    expect(bodies(world.reports[0]!.records)).toEqual(numbered(25));
    expect(world.sqs.depth('users')).toEqual(EMPTY);
  });

  test('is what came during the window', async () => {
    await world.createQueue('users', { VisibilityTimeout: '60' });
    world.startMapping(async () => success(), { batchSize: 100, batchingWindowInSeconds: 3 });

    await world.send('opens');
    await until(() => world.sqs.depth('users').inFlight === 1);
    await world.send('in');

    await world.reported((reports) => deletedCount(reports) === 2);
    expect(bodies(world.reports[0]!.records)).toEqual(['opens', 'in']);
  });

  test('is never more than an invocation takes', async () => {
    await world.createQueue('users', { VisibilityTimeout: '60' });
    for (const body of numbered(8)) await world.send(body.padEnd(900_000, ' '));
    const sizes: number[] = [];

    world.startMapping(
      async (event) => {
        sizes.push(Buffer.byteLength(JSON.stringify(event)));
        return success();
      },
      { batchSize: 20, batchingWindowInSeconds: 1 },
    );
    await world.reported((reports) => deletedCount(reports) === 8);

    expect(world.reports.flatMap(({ records }) => bodies(records)).map((body) => body.trim())).toEqual(numbered(8));
    expect(world.reports[0]!.records).toHaveLength(6);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_EVENT_BYTES);
  });
});

describe('what a function does not deal with', () => {
  test('is seen again after the visibility timeout, and nothing else is', async () => {
    await world.createQueue('users');
    await world.sendMany(['good 1', 'bad', 'good 2']);

    world.startMapping(async ({ Records }) => {
      const failed = Records.filter((record) => record.body === 'bad' && receiveCount(record) < 3);
      return success(failures(failed.map(({ messageId }) => messageId)));
    });
    await world.reported((reports) => deletedCount(reports) === 3);

    expect(world.reports.map(({ records }) => bodies(records))).toEqual([
      ['good 1', 'bad', 'good 2'],
      ['bad'],
      ['bad'],
    ]);
    expect(world.reports.map(({ verdict }) => verdict.kind)).toEqual(['partlyFailed', 'partlyFailed', 'succeeded']);
    expect(world.sqs.depth('users')).toEqual(EMPTY);
  });

  test.each<[string, () => unknown]>([
    ['throws', () => Promise.reject(new Error('no such function'))],
    ['throws before it is called', () => (undefined as unknown as () => void)()],
    ['fails', () => ({ kind: 'functionError', cause: 'timeout', errorType: 'Sandbox.Timedout', errorMessage: '' })],
    ['responds with a string', () => success('ok')],
    ['names a message of no batch', () => success(failures(['unknown']))],
  ])('is the whole batch when the invocation %s', async (_, outcome) => {
    await world.createQueue('users');
    await world.sendMany(['a', 'b']);

    world.startMapping(((event: SqsEvent) => (receiveCount(event.Records[0]!) === 1 ? outcome() : success())) as never);
    await world.reported((reports) => deletedCount(reports) === 2);

    expect(world.reports[0]!.verdict).toMatchObject({ kind: 'failed' });
    expect(world.reports.slice(1).flatMap(({ records }) => bodies(records))).toEqual(['a', 'b']);
  });

  test('goes to the dead-letter queue after its last receive', async () => {
    await world.sqs.createQueue({ name: 'dead', attributes: {} });
    await world.createQueue('users', {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:dead',
        maxReceiveCount: 2,
      }),
    });
    await world.send('bad');

    world.startMapping(async ({ Records }) => success(failures(Records.map(({ messageId }) => messageId))));
    await until(() => world.sqs.depth('dead').visible === 1);

    expect(world.reports).toHaveLength(2);
    expect(world.sqs.depth('users')).toEqual(EMPTY);
  });
});

describe('a mapping', () => {
  test('has as many invocations at a time as it may, and no more', async () => {
    await world.createQueue('users', { VisibilityTimeout: '60' });
    await world.sendMany(numbered(60));
    const bothRun = createGate();
    let running = 0;
    let most = 0;

    world.startMapping(
      async () => {
        running += 1;
        most = Math.max(most, running);
        if (running === 2) bothRun.open();
        await bothRun.opened;
        running -= 1;
        return success();
      },
      { maximumConcurrency: 2 },
    );
    await world.reported((reports) => deletedCount(reports) === 60);

    expect(most).toBe(2);
    expect(world.reports).toHaveLength(6);
  });

  test('goes on when receiving fails', async () => {
    const errors: string[] = [];
    const failed = createGate();
    await world.createQueue('other');

    world.startMapping(
      async () => success(),
      {},
      {
        queue: polledQueue(world.sqs, world.client, 'users'),
        observer: {
          onReceiveError: ({ name }) => {
            errors.push(name);
            if (errors.length === 2) failed.open();
          },
        },
      },
    );
    await failed.opened;
    await world.createQueue('users');
    await world.send('a');
    await world.reported((reports) => deletedCount(reports) === 1);

    expect(new Set(errors)).toEqual(new Set(['QueueDoesNotExist']));
  });
});

describe('a FIFO queue', () => {
  const inGroups = (body: string) => ({ MessageGroupId: body.slice(0, 1), MessageDeduplicationId: body });

  test('says where a message stands', async () => {
    await world.createQueue('users.fifo', { FifoQueue: 'true' });
    await world.sendMany(['a1'], inGroups);

    world.startMapping(async () => success());
    await world.reported((reports) => deletedCount(reports) === 1);

    expect(world.reports[0]!.records[0]!.attributes).toMatchObject({
      MessageGroupId: 'a',
      MessageDeduplicationId: 'a1',
      SequenceNumber: expect.stringMatching(/^\d{20}$/),
    });
  });

  test('keeps the order of each group, in a batch and over batches, failures included', async () => {
    await world.createQueue('users.fifo', { FifoQueue: 'true' });
    const all = ['a', 'b', 'c'].flatMap((group) => numbered(12, group));
    await world.sendMany(all, inGroups);
    const settled: string[] = [];
    const batchesOf: Record<string, number> = {};

    world.startMapping(
      async ({ Records }) => {
        // The first time that b5 comes, it fails, and so does what follows it in its group.
        const blocked = new Set<string>();
        const failed = Records.filter((record) => {
          const group = record.body.slice(0, 1);
          if (record.body === 'b5' && receiveCount(record) === 1) blocked.add(group);
          return blocked.has(group);
        });
        for (const { body } of Records.filter((record) => !failed.includes(record))) settled.push(body);
        for (const group of new Set(bodies(Records).map((body) => body.slice(0, 1)))) {
          batchesOf[group] = (batchesOf[group] ?? 0) + 1;
        }
        return success(failures(failed.map(({ messageId }) => messageId)));
      },
      { maximumConcurrency: 2 },
    );
    await world.reported((reports) => deletedCount(reports) === all.length);

    for (const group of ['a', 'b', 'c']) {
      expect(settled.filter((body) => body.startsWith(group))).toEqual(numbered(12, group));
      expect(batchesOf[group]).toBeLessThan(12);
    }
  });
});

describe('stopping', () => {
  test('ends a receive that waits, and leaves what comes later in the queue', async () => {
    await world.createQueue('users');
    const mapping = world.startMapping(async () => success(), { maximumConcurrency: 2 });

    await mapping.stop();
    await world.send('after');

    expect(world.sqs.depth('users')).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
  });

  test('waits for the invocation that runs and deletes what it dealt with, and leaves the rest', async () => {
    await world.createQueue('users', { VisibilityTimeout: '60' });
    await world.sendMany(numbered(25));
    const begun = createGate();
    const finish = createGate();
    const mapping = world.startMapping(async () => {
      begun.open();
      await finish.opened;
      return success();
    });
    await begun.opened;

    const stopped = mapping.stop();
    finish.open();
    await stopped;

    expect(deletedCount(world.reports)).toBe(10);
    expect(world.sqs.depth('users')).toEqual({ visible: 15, inFlight: 0, delayed: 0 });
  });

  test('gives the function what was gathered by then, without waiting for the window', async () => {
    await world.createQueue('users', { VisibilityTimeout: '300' });
    const mapping = world.startMapping(async () => success(), { batchSize: 100, batchingWindowInSeconds: 300 });
    await world.sendMany(numbered(3));
    await until(() => world.sqs.depth('users').inFlight === 3);

    await mapping.stop();

    expect(bodies(world.reports[0]!.records)).toEqual(numbered(3));
    expect(world.sqs.depth('users')).toEqual(EMPTY);
  });

  test('gives the function what it received but had no room for', async () => {
    await world.createQueue('users', { VisibilityTimeout: '300' });
    await world.sendMany(numbered(10));
    const begun = createGate();
    const finish = createGate();
    const invoke = async () => {
      begun.open();
      await finish.opened;
      return success();
    };
    const mapping = world.startMapping(invoke, { batchSize: 10 }, { payloadBytes: 1_500 });
    await begun.opened;

    const stopped = mapping.stop();
    finish.open();
    await stopped;

    expect(world.reports.length).toBeGreaterThan(1);
    expect(world.sqs.depth('users')).toEqual(EMPTY);
  });
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../local/event-source-mapping/clock.ts';
import { type GatherOptions, gatherBatch } from '../../../local/event-source-mapping/gather.ts';
import type { SqsRecord } from '../../../local/event-source-mapping/sqs-event.ts';
import { manyRecords, record } from './records.ts';

/** A queue on a virtual clock: messages arrive when it says, and a receive waits until one does. */
function createVirtualQueue() {
  let now = 0;
  const arrivals: { readonly at: number; readonly record: SqsRecord }[] = [];
  const asked: { readonly at: number; readonly maximum: number; readonly waitInSeconds: number }[] = [];
  const clock: Clock = {
    now: () => now,
    pause: async (milliseconds, signal) => {
      if (!signal.aborted) now += milliseconds;
    },
  };
  return {
    clock,
    asked,
    arrive: (at: number, records: readonly SqsRecord[]) => {
      arrivals.push(...records.map((record) => ({ at, record })));
    },
    receive: async (maximum: number, waitInSeconds: number) => {
      asked.push({ at: now, maximum, waitInSeconds });
      const first = arrivals[0]?.at ?? Number.POSITIVE_INFINITY;
      now = Math.max(now, Math.min(first, now + waitInSeconds * 1000));
      const visible = arrivals.filter(({ at }) => at <= now).length;
      return arrivals.splice(0, Math.min(visible, maximum)).map(({ record }) => record);
    },
  };
}

let queue: ReturnType<typeof createVirtualQueue>;
let stop: AbortController;

beforeEach(() => {
  queue = createVirtualQueue();
  stop = new AbortController();
});

const gather = (options: Partial<GatherOptions> = {}, surplus: readonly SqsRecord[] = []) =>
  gatherBatch(surplus, {
    batchSize: 100,
    batchingWindowInSeconds: 0,
    receive: queue.receive,
    clock: queue.clock,
    stopping: stop.signal,
    ...options,
  });

const ids = (records: readonly SqsRecord[]) => records.map(({ messageId }) => messageId);

describe('gathering without a window', () => {
  test('takes what one receive gives', async () => {
    queue.arrive(500, manyRecords(3));
    queue.arrive(501, manyRecords(3, 'late'));

    expect(ids((await gather()).records)).toEqual(['m1', 'm2', 'm3']);
    expect(queue.asked).toEqual([{ at: 0, maximum: 10, waitInSeconds: 20 }]);
  });

  test('asks for no more than the batch size', async () => {
    queue.arrive(0, manyRecords(9));

    expect((await gather({ batchSize: 4 })).records).toHaveLength(4);
    expect(queue.asked).toMatchObject([{ maximum: 4 }]);
  });

  test('gives an empty batch after 20 seconds without messages', async () => {
    expect((await gather({ batchingWindowInSeconds: 60 })).records).toEqual([]);
    expect(queue.clock.now()).toBe(20_000);
  });
});

describe('gathering with a window', () => {
  test('takes what comes until the window, which the first message opens, has passed', async () => {
    queue.arrive(7_000, [record('opens')]);
    queue.arrive(8_500, [record('in')]);
    queue.arrive(11_850, [record('last')]);
    queue.arrive(12_001, [record('late')]);

    const batch = await gather({ batchingWindowInSeconds: 5 });

    expect(ids(batch.records)).toEqual(['opens', 'in', 'last']);
    expect(queue.clock.now()).toBe(12_000);
  });

  test.each([1, 2, 5, 300])('closes on time: %d s', async (batchingWindowInSeconds) => {
    queue.arrive(300, [record('only')]);

    await gather({ batchingWindowInSeconds });

    expect(queue.clock.now()).toBe(300 + batchingWindowInSeconds * 1000);
  });

  test('takes messages that come when less than a second is left', async () => {
    queue.arrive(0, [record('opens')]);
    queue.arrive(250, [record('in')]);

    expect(ids((await gather({ batchingWindowInSeconds: 1 })).records)).toEqual(['opens', 'in']);
  });

  test('closes on time when a message came between two pauses', async () => {
    queue.arrive(0, [record('opens')]);
    queue.arrive(4_030, [record('in')]);

    await gather({ batchingWindowInSeconds: 5 });

    expect(queue.clock.now()).toBe(5_000);
  });

  test('does not pause while there are messages', async () => {
    queue.arrive(0, [record('opens')]);
    queue.arrive(500, manyRecords(24));

    const batch = await gather({ batchingWindowInSeconds: 1, batchSize: 25 });

    expect(batch.records).toHaveLength(25);
    expect(queue.clock.now()).toBe(500);
  });

  test('closes at once when the batch is full, and asks only for what it has room for', async () => {
    queue.arrive(100, manyRecords(40));

    const batch = await gather({ batchingWindowInSeconds: 5, batchSize: 25 });

    expect(ids(batch.records)).toEqual(ids(manyRecords(25)));
    expect(queue.asked.map(({ maximum }) => maximum)).toEqual([10, 10, 5]);
    expect(queue.clock.now()).toBe(100);
  });

  test('closes at once when the event would become too large, and gives back what did not fit', async () => {
    queue.arrive(0, manyRecords(10));
    const payloadBytes = Buffer.byteLength(JSON.stringify({ Records: manyRecords(7) }));

    const batch = await gather({ batchingWindowInSeconds: 5, payloadBytes });

    expect(ids(batch.records)).toEqual(ids(manyRecords(7)));
    expect(ids(batch.surplus)).toEqual(['m8', 'm9', 'm10']);
    expect(queue.clock.now()).toBe(0);
  });

  test('never waits longer than SQS does', async () => {
    queue.arrive(0, [record('opens')]);

    await gather({ batchingWindowInSeconds: 300 });

    expect(Math.max(...queue.asked.map(({ waitInSeconds }) => waitInSeconds))).toBe(20);
  });

  test('closes when the mapping stops', async () => {
    queue.arrive(0, [record('opens')]);
    const receive: GatherOptions['receive'] = async (...request) => {
      const records = await queue.receive(...request);
      stop.abort();
      return records;
    };

    expect(ids((await gather({ batchingWindowInSeconds: 5, receive })).records)).toEqual(['opens']);
    expect(queue.clock.now()).toBe(0);
  });
});

describe('gathering with a surplus of the batch before', () => {
  test('begins with it, without waiting for the queue', async () => {
    queue.arrive(60_000, [record('later')]);

    expect(ids((await gather({}, manyRecords(2))).records)).toEqual(['m1', 'm2']);
    expect(queue.asked).toEqual([]);
  });

  test('opens the window with it', async () => {
    queue.arrive(4_000, [record('in')]);

    expect(ids((await gather({ batchingWindowInSeconds: 5 }, [record('first')])).records)).toEqual(['first', 'in']);
    expect(queue.clock.now()).toBe(5_000);
  });

  test('keeps what still does not fit', async () => {
    const batch = await gather({ batchSize: 2 }, manyRecords(5));

    expect(ids(batch.records)).toEqual(['m1', 'm2']);
    expect(ids(batch.surplus)).toEqual(['m3', 'm4', 'm5']);
  });
});

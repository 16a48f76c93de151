import { describe, expect, test } from '@jest/globals';
import { addToBatch, EMPTY_BATCH, isComplete } from '../../../local/event-source-mapping/pending-batch.ts';
import { MAX_EVENT_BYTES } from '../../../local/lambda/limits.ts';
import { manyRecords, record } from './records.ts';

const eventBytes = (Records: readonly unknown[]) => Buffer.byteLength(JSON.stringify({ Records }));

describe('a pending batch', () => {
  test('knows how large its event is', () => {
    const records = [record('a'), record('b', 'Zoë says "hi"'), record('c', '🎈')];

    const batch = addToBatch(addToBatch(EMPTY_BATCH, records.slice(0, 1), { batchSize: 10 }), records.slice(1), {
      batchSize: 10,
    });

    expect(batch.payloadBytes).toBe(eventBytes(records));
    expect(EMPTY_BATCH.payloadBytes).toBe(eventBytes([]));
  });

  test('takes as many messages as the batch size, and keeps the rest in order', () => {
    const records = manyRecords(5);

    const batch = addToBatch(EMPTY_BATCH, records, { batchSize: 3 });

    expect(batch).toMatchObject({ records: records.slice(0, 3), surplus: records.slice(3) });
    expect(isComplete(batch, { batchSize: 3 })).toBe(true);
  });

  test('takes messages up to the very byte', () => {
    const records = manyRecords(3);
    const limit = eventBytes(records);

    expect(addToBatch(EMPTY_BATCH, records, { batchSize: 10, payloadBytes: limit }).surplus).toEqual([]);
    expect(addToBatch(EMPTY_BATCH, records, { batchSize: 10, payloadBytes: limit - 1 }).surplus).toEqual([records[2]]);
  });

  test('takes no smaller message before a larger one that came first', () => {
    const records = [record('a'), record('b', 'x'.repeat(1000)), record('c')];
    const limits = { batchSize: 10, payloadBytes: eventBytes([records[0], records[2]]) };

    const batch = addToBatch(EMPTY_BATCH, records, limits);

    expect(batch).toMatchObject({ records: [records[0]], surplus: [records[1], records[2]] });
    expect(isComplete(batch, limits)).toBe(true);
  });

  test('takes its first message whatever its size', () => {
    const records = [record('a', 'x'.repeat(1000)), record('b')];

    expect(addToBatch(EMPTY_BATCH, records, { batchSize: 10, payloadBytes: 100 })).toMatchObject({
      records: [records[0]],
      surplus: [records[1]],
    });
  });

  test('is limited to what Lambda takes unless it is told otherwise', () => {
    const records = Array.from({ length: 10 }, (_, index) => record(`m${index}`, 'x'.repeat(1_000_000)));

    const batch = addToBatch(EMPTY_BATCH, records, { batchSize: 10 });

    expect(batch.records).toHaveLength(6);
    expect(eventBytes(batch.records)).toBeLessThanOrEqual(MAX_EVENT_BYTES);
  });

  test.each([
    [0, false],
    [2, false],
    [3, true],
  ])('with %d messages of 3: complete is %s', (count, complete) => {
    expect(isComplete(addToBatch(EMPTY_BATCH, manyRecords(count), { batchSize: 3 }), { batchSize: 3 })).toBe(complete);
  });
});

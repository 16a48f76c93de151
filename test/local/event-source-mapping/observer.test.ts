import { describe, expect, test } from '@jest/globals';
import type { BatchVerdict } from '../../../local/event-source-mapping/batch-verdict.ts';
import { EMPTY_TALLY, tally } from '../../../local/event-source-mapping/observer.ts';
import { manyRecords } from './records.ts';

const report = (verdict: BatchVerdict, undeleted: readonly string[] = []) => ({
  records: manyRecords(3),
  verdict,
  undeleted,
  durationInMilliseconds: 5,
});

describe('a tally', () => {
  test('counts what became of messages over batches', () => {
    const all = ['m1', 'm2', 'm3'];
    const reports = [
      report({ kind: 'succeeded', deleted: all }),
      report({ kind: 'partlyFailed', deleted: ['m1'], failed: ['m2', 'm3'] }),
      report({ kind: 'failed', failed: all, reason: 'crash' }),
      report({ kind: 'succeeded', deleted: all }, ['m2']),
    ];

    expect(reports.reduce(tally, EMPTY_TALLY)).toEqual({
      batches: 4,
      messages: 12,
      deletedMessages: 6,
      failedMessages: 6,
      failedBatches: 1,
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import { adviseOn, estimateUsers } from '../../../cli/send/estimate.ts';
import { renderProgress } from '../../../cli/send/progress.ts';

describe('advice on a load', () => {
  test('is none where the pipeline takes an hour at most', () => {
    expect(adviseOn(360_000, 10)).toEqual({ kind: 'fine' });
  });

  test('says how long it takes, and what is faster, where that is more than an hour', () => {
    expect(adviseOn(361_000, 10)).toMatchObject({ kind: 'slow', note: expect.stringContaining('takes 1h for them') });
    expect(adviseOn(361_000, 100)).toEqual({ kind: 'fine' });
  });

  test('says it in days, too', () => {
    const advice = adviseOn(30_123_456, 10);
    expect(advice).toMatchObject({ kind: 'slow' });
    expect(advice).toMatchObject({ note: expect.stringContaining('about 30,000,000 users. At 100 users a second') });
    expect(advice).toMatchObject({ note: expect.stringContaining('takes 3d 11h for them') });
    expect(advice).toMatchObject({
      note: expect.stringContaining('personalize-users import FILE --bucket BUCKET --role-arn ROLE'),
    });
  });

  test('is not to send what would expire in the queue', () => {
    expect(adviseOn(121_000_000, 10)).toMatchObject({
      kind: 'impossible',
      hint: expect.stringContaining('personalize-users import FILE'),
    });
    expect(adviseOn(121_000_000, 100)).toMatchObject({ kind: 'slow' });
  });

  test('goes by how many users the beginning of a file holds', () => {
    expect(estimateUsers(Buffer.from('a,1\nb,2\n'), 8_000, 'csv')).toBe(2_000);
    expect(estimateUsers(Buffer.from('{"users":[{"userId":"a"},{"userId":"b"}]}\n'), 4_200, 'jsonl')).toBe(200);
    expect(estimateUsers(Buffer.alloc(0), 0, 'csv')).toBe(0);
  });
});

describe('the line about progress', () => {
  test('has rate and time left of a file', () => {
    const line = renderProgress({
      users: 12_000,
      rejected: 3,
      settled: 8_000,
      elapsedInSeconds: 4,
      bytes: { done: 200, left: 600, all: 1_000 },
    });
    expect(line).toBe('████████░░░░░░░░░░░░ 40 %, 12,000 users sent, 2,000 a second, 12s left; 3 rejected');
  });

  test('guesses no end in the first two seconds', () => {
    const bytes = { done: 500, left: 0, all: 1_000 };
    const line = renderProgress({ users: 10, rejected: 0, settled: 10, elapsedInSeconds: 1.9, bytes });
    expect(line).toBe('████████████████████ 100 %, 10 users sent, 5 a second');
  });

  test('has no end of what has none that is known', () => {
    expect(renderProgress({ users: 1, rejected: 0, settled: 1, elapsedInSeconds: 2 })).toBe('1 user sent, 1 a second');
  });
});

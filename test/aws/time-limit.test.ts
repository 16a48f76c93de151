import { expect, test } from '@jest/globals';
import { TimeLimitError, timeLimit } from '../../aws/time-limit.ts';

test('what failed before the limit is the error that it was', () => {
  const error = new Error('refused');
  expect(timeLimit(60_000).explain(error)).toBe(error);
});

test('what failed once the limit was over had no reply in time, in whole milliseconds', async () => {
  const limit = timeLimit(0.1);
  if (!limit.signal.aborted) await new Promise((resolve) => limit.signal.addEventListener('abort', resolve));
  const explained = limit.explain(new Error('aborted'));
  expect(explained).toBeInstanceOf(TimeLimitError);
  expect(explained).toMatchObject({ name: 'TimeoutError', message: 'no reply within 1 ms' });
});

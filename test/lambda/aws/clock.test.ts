import { expect, test } from '@jest/globals';
import { systemClock } from '../../../lambda/aws/clock.ts';

test('who sleeps less wakes first', async () => {
  const awake: string[] = [];
  await Promise.all([
    systemClock.sleep(20).then(() => awake.push('late')),
    systemClock.sleep(1).then(() => awake.push('early')),
  ]);
  expect(awake).toEqual(['early', 'late']);
});

test('now is what the machine says', () => {
  const before = Date.now();
  expect(systemClock.now()).toBeGreaterThanOrEqual(before);
  expect(systemClock.now()).toBeLessThanOrEqual(Date.now());
});

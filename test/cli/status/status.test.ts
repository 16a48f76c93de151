import { describe, expect, test } from '@jest/globals';
import { renderStatus } from '../../../cli/status/render.ts';
import { statusOf } from '../../../cli/status/status.ts';
import { TEST_SETTINGS } from '../support/letter-queues.ts';

const TARGET = { name: 'Mine', region: 'eu-west-1', settings: { ...TEST_SETTINGS, usersPerMessage: 3 } };
const NO_METRICS = { oldestAgeInSeconds: undefined, deliveredPerSecond: undefined };
const NO_LETTERS = { total: 0, lookedAt: 0, unreadable: 0, byErrorCode: [] };

describe('a status', () => {
  test('reckons with as many users as messages may hold, and with every message that is there', () => {
    const depth = { visible: 1000, inFlight: 200, delayed: 50 };
    expect(statusOf(TARGET, depth, NO_METRICS, NO_LETTERS, 0)).toMatchObject({
      quotaPerSecond: 100,
      drainInSeconds: (1250 * 3) / 100,
    });
  });

  test('has no age when nobody knows it, and the age 0 when there is nothing', () => {
    const some = { visible: 1, inFlight: 0, delayed: 0 };
    expect(statusOf(TARGET, some, NO_METRICS, NO_LETTERS, 0).queue.oldestAgeInSeconds).toBeNull();
    expect(statusOf(TARGET, some, { ...NO_METRICS, oldestAgeInSeconds: 7 }, NO_LETTERS, 0).queue).toMatchObject({
      oldestAgeInSeconds: 7,
    });
    const none = { visible: 0, inFlight: 0, delayed: 0 };
    expect(statusOf(TARGET, none, NO_METRICS, NO_LETTERS, 0)).toMatchObject({
      queue: { oldestAgeInSeconds: 0 },
      drainInSeconds: 0,
      deliveredPerSecond: null,
    });
  });

  test('tells sources with a backlog from the others, as far as that is known', () => {
    const some = { visible: 1000, inFlight: 0, delayed: 0 };
    const textOf = (metrics: object) =>
      renderStatus(statusOf(TARGET, some, { ...NO_METRICS, oldestAgeInSeconds: 700, ...metrics }, NO_LETTERS, 0));
    expect(textOf({ noisySources: 2, quietAgeInSeconds: 3 })).toContain(
      'Sources         2 with a backlog; messages of the others are at most 3s old',
    );
    expect(textOf({ noisySources: 1 })).toContain('1 with a backlog; messages of the others are of unknown age');
    expect(textOf({ noisySources: 0, quietAgeInSeconds: 3 })).not.toContain('Sources');
    expect(textOf({})).not.toContain('Sources');
  });

  test('says of how many dead letters it has seen the reason', () => {
    const letters = { total: 5000, lookedAt: 1000, unreadable: 0, byErrorCode: [{ errorCode: 'A', count: 1000 }] };
    const none = { visible: 0, inFlight: 0, delayed: 0 };
    const text = renderStatus(statusOf(TARGET, none, NO_METRICS, letters, 0));
    expect(text).toContain('Dead letters    5,000, of which 1,000 were looked at:');
    expect(text).toMatch(/ 1,000 {2}A$/);
  });
});

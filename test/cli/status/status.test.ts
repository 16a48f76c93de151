import { describe, expect, test } from '@jest/globals';
import { renderStatus } from '../../../cli/status/render.ts';
import { statusOf } from '../../../cli/status/status.ts';
import { createTrend, type Trend } from '../../../cli/status/trend.ts';
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

  const EMPTY = { visible: 0, inFlight: 0, delayed: 0 };
  const linesOf = (depth: object, metrics: object = {}, letters: object = {}, trend?: Trend) =>
    renderStatus(
      statusOf(TARGET, { ...EMPTY, ...depth }, { ...NO_METRICS, ...metrics }, { ...NO_LETTERS, ...letters }, 0),
      trend,
    ).split('\n');

  test('of an empty queue has a line for each number, and none for what is not there', () => {
    expect(linesOf({}, { deliveredPerSecond: 0 })).toEqual([
      'Mine, eu-west-1 1970-01-01T00:00:00.000Z',
      'Users queue     0 messages waiting, 0 in flight',
      'Oldest message  none',
      'Delivery rate   0 users a second; the quota takes 100',
      'Time to drain   the queue is empty',
      'Dead letters    none',
    ]);
  });

  test.each([[{ visible: 1 }], [{ inFlight: 1 }], [{ delayed: 1 }]])(
    'tells the age of a queue that has nothing but %j, and that a little is no time at all to drain',
    (depth) => {
      const lines = linesOf(depth, { oldestAgeInSeconds: 61 });
      expect(lines).toContain('Oldest message  1m 1s old');
      // Three hundredths of a second; "0s" would read as if it were empty.
      expect(lines).toContain('Time to drain   1s at the quota');
    },
  );

  test('tells the age whichever messages there are as many of', () => {
    const equally = { visible: 1, inFlight: 1, delayed: 1 };
    for (const none of ['visible', 'inFlight', 'delayed']) {
      expect(linesOf({ ...equally, [none]: 0 }, { oldestAgeInSeconds: 61 })).toContain('Oldest message  1m 1s old');
    }
  });

  test('says what is not known', () => {
    const lines = linesOf({ visible: 1 });
    expect(lines).toContain('Oldest message  unknown');
    expect(lines).toContain('Delivery rate   unknown; the quota takes 100');
  });

  test('says how many messages are delayed, when some are', () => {
    expect(linesOf({ visible: 1, delayed: 1_000 })).toContain(
      'Users queue     1 message waiting, 0 in flight, 1,000 delayed',
    );
  });

  test('does not know of ages and sources what nobody told it, and has none of an empty queue', () => {
    const some = statusOf(TARGET, { ...EMPTY, delayed: 1 }, NO_METRICS, NO_LETTERS, 0);
    expect(some.queue).toMatchObject({ oldestAgeInSeconds: null, quietAgeInSeconds: null, noisySources: null });
    const metrics = { ...NO_METRICS, oldestAgeInSeconds: 9, quietAgeInSeconds: 9, noisySources: 9 };
    const none = statusOf(TARGET, EMPTY, metrics, NO_LETTERS, 0);
    expect(none.queue).toMatchObject({ oldestAgeInSeconds: 0, quietAgeInSeconds: 0, noisySources: 0 });
  });

  test('says what cannot be read, who has the others, and nothing of a share when it has seen all', () => {
    const byErrorCode = [{ errorCode: 'A', count: 2 }];
    expect(linesOf({}, {}, { total: 3, lookedAt: 3, unreadable: 1, byErrorCode }).slice(-3)).toEqual([
      'Dead letters    3:',
      '                       2  A',
      '                       1  cannot be read: personalize-users dlq list names them',
    ]);
    expect(linesOf({}, {}, { total: 3 }).at(-1)).toBe(
      'Dead letters    3, received by somebody else just now: look again in a while',
    );
  });

  test('has what was seen before beside it, when somebody watches and has seen something', () => {
    const trend = createTrend();
    const look = statusOf(TARGET, { ...EMPTY, visible: 5 }, { ...NO_METRICS, deliveredPerSecond: 2 }, NO_LETTERS, 0);
    trend.add(look);
    expect(renderStatus(look, trend)).toBe(renderStatus(look));
    trend.add(look);
    expect(renderStatus(look, trend)).toMatch(/in flight {2}██\n.*\nDelivery rate .* 100 {2}██\n/);
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMessageReader } from '../../../contract/message/read-message.ts';
import type { UserRecord } from '../../../contract/message/schema.ts';
import type { DeadLetter } from '../../../lambda/core/dead-letter.ts';
import { createIngest } from '../../../lambda/core/ingest.ts';
import type { Message } from '../../../lambda/core/message.ts';
import { createPacer } from '../../../lambda/core/pacer.ts';
import type { UserVersions, VisibilityChange } from '../../../lambda/core/ports.ts';
import { createVirtualClock } from '../../../simulation/planning/virtual-clock.ts';
import { INTERNAL_FAILURE, INVALID_INPUT, NOT_FOUND, serviceError, THROTTLED } from '../../support/errors.ts';
import { message, users } from '../../support/messages.ts';
import { createModelTable } from '../../support/model-table.ts';
import { runs } from '../../support/property-runs.ts';

interface World {
  readonly answer?: (users: readonly UserRecord[], call: number) => Error | undefined;
  /** Whether the n-th dead letter fails to be sent. */
  readonly loses?: (letter: number) => boolean;
  readonly changeFails?: boolean;
  readonly endsAt?: number;
  readonly versions?: UserVersions;
}

/** Runs a batch through the core against a model of the outside that remembers what it was told. */
async function run(
  messages: readonly Message[],
  { answer, loses, changeFails, endsAt = 600_000, versions }: World = {},
) {
  const clock = createVirtualClock();
  const calls: (readonly UserRecord[])[] = [];
  const dataset = new Map<string, string | undefined>();
  const deadLetters: DeadLetter[] = [];
  const changes: VisibilityChange[] = [];
  const timesAllowed: number[] = [];
  const ingest = createIngest(
    {
      clock,
      wallClock: clock.now,
      random: () => 0.5,
      versions,
      putUsers: async (group) => {
        calls.push(group);
        await clock.sleep(60);
        const error = answer?.(group, calls.length);
        if (error) throw error;
        for (const { userId, properties } of group) dataset.set(userId, properties);
      },
      sendDeadLetters: async (letters, { timeoutInMilliseconds }) => {
        timesAllowed.push(timeoutInMilliseconds);
        const failures = letters.filter((_, n) => loses?.(n));
        deadLetters.push(...letters.filter((letter) => !failures.includes(letter)));
        return failures.map((letter) => ({ letter, code: 'Lost' }));
      },
      changeVisibility: async (wanted, { timeoutInMilliseconds }) => {
        timesAllowed.push(timeoutInMilliseconds);
        if (changeFails) return wanted.map(() => 'InternalError');
        changes.push(...wanted);
        return [];
      },
    },
    createPacer({ callsPerSecond: 5 }, clock),
    createMessageReader({ maxPropertiesLength: 4096 }),
    { maxReceiveCount: 5, backoff: { baseInSeconds: 2, maxInSeconds: 900 } },
  );
  const { failedMessageIds, summarize } = await ingest(messages, { requestId: 'r', endsAt });
  const result = { failedMessageIds, summary: summarize() };
  return { ...result, calls, dataset, deadLetters, changes, timesAllowed };
}

describe('a batch', () => {
  test('is grouped in tens across messages', async () => {
    const packed = message({ users: users(7, 'packed') });
    const { calls, failedMessageIds } = await run([packed, ...users(13).map((user) => message(user))]);
    expect(calls.map((group) => group.length)).toEqual([10, 10]);
    expect(failedMessageIds).toEqual([]);
  });

  test('of 1,000 valid users is exactly 100 calls', async () => {
    const { calls, summary } = await run(users(1000).map((user) => message(user)));
    expect(calls).toHaveLength(100);
    expect(summary).toMatchObject({
      messages: 1000,
      users: { delivered: 1000 },
      calls: { calls: 100, usersCalled: 1000 },
    });
  });

  test('takes the record that was sent last for the newest, whatever the order it was received in', async () => {
    const newer = message({ userId: 'a', properties: { n: 2 } }, { sentAt: 2000 });
    const older = message({ userId: 'a', properties: { n: 1 } }, { sentAt: 1000 });
    const { dataset, summary } = await run([newer, older]);
    expect(dataset.get('a')).toBe('{"n":2}');
    expect(summary.users).toMatchObject({ delivered: 1, superseded: 1 });
  });

  test('keeps to the order of a FIFO queue instead', async () => {
    const first = message({ userId: 'a', properties: { n: 1 } }, { sentAt: 2000, messageGroupId: 'g' });
    const second = message({ userId: 'a', properties: { n: 2 } }, { sentAt: 1000, messageGroupId: 'g' });
    expect((await run([first, second])).dataset.get('a')).toBe('{"n":2}');
  });

  test('delivers the older record of a user whose newer one is rejected', async () => {
    const older = message({ userId: 'a', properties: { n: 1 } }, { sentAt: 1 });
    const newer = message({ userId: 'a', properties: { n: 2 } }, { sentAt: 2 });
    const { dataset, deadLetters, failedMessageIds } = await run([older, newer], {
      answer: (group) => (group.some(({ properties }) => properties === '{"n":2}') ? INVALID_INPUT() : undefined),
    });
    expect(dataset.get('a')).toBe('{"n":1}');
    expect(deadLetters.map(({ source }) => source)).toEqual([newer]);
    expect(failedMessageIds).toEqual([]);
  });

  test('whose dead letters cannot be sent is not acknowledged', async () => {
    const batch = [message('nonsense'), message('more nonsense'), message({ userId: 'a' })];
    const { failedMessageIds, deadLetters, summary } = await run(batch, { loses: (letter) => letter === 0 });
    expect(failedMessageIds).toEqual([batch[0]!.messageId]);
    expect(deadLetters.map(({ source }) => source)).toEqual([batch[1]]);
    expect(summary).toMatchObject({ users: { rejected: 1 }, deadLetterErrors: { Lost: 1 }, retryErrors: { Lost: 1 } });
  });

  test('is retried after a back-off that grows with its receives, and if that cannot be set nothing else changes', async () => {
    const batch = [1, 4].map((receiveCount) => message({ userId: `u${receiveCount}` }, { receiveCount }));
    const down = { answer: () => INTERNAL_FAILURE() };
    const { changes, failedMessageIds } = await run(batch, down);
    expect(changes.map(({ delayInSeconds }) => delayInSeconds)).toEqual([2, 12]);
    expect(failedMessageIds).toEqual(batch.map(({ messageId }) => messageId));

    const unchanged = await run(batch, { ...down, changeFails: true });
    expect(unchanged.failedMessageIds).toEqual(failedMessageIds);
    expect(unchanged.summary.visibilityErrors).toEqual({ InternalError: 2 });
  });

  test('leaves the visibility of what is acknowledged alone', async () => {
    const batch = users(11).map((user) => message(user));
    const { changes } = await run([...batch, message('nonsense')], {
      answer: (group) => (group.length === 10 ? INTERNAL_FAILURE() : undefined),
    });
    expect(changes.map(({ receiptHandle }) => receiptHandle)).toEqual(
      batch.slice(0, 10).map(({ receiptHandle }) => receiptHandle),
    );
  });

  test('keeps back the time that settling takes: what is left then is not called', async () => {
    const { calls, summary } = await run(
      users(100).map((user) => message(user)),
      { endsAt: 5000 },
    );
    expect(calls.length).toBe(8);
    expect(summary).toMatchObject({ users: { delivered: 80, retried: 20 }, retryErrors: { DeadlineExceeded: 20 } });
  });
});

test('a batch with versions keeps back the time besides in which its leases are ended', async () => {
  const batch = users(100).map((user) => message(user));
  // The reserve is 3,000 ms, 1 ms a message, and 1,500 ms for the leases; a call that begins has 500 ms.
  const callsUntil = async (endsAt: number, versions?: UserVersions) =>
    (await run(batch, { endsAt, ...(versions && { versions }) })).calls.length;
  expect(await callsUntil(4_600)).toBe(6);
  expect(await callsUntil(6_100, createModelTable())).toBe(6);
});

test('a message that a batch holds twice is reported once', async () => {
  const once = message({ userId: 'a' });
  const { failedMessageIds } = await run([once, { ...once, receiptHandle: 'another' }], { answer: INTERNAL_FAILURE });
  expect(failedMessageIds).toEqual([once.messageId]);
});

test('the summary counts errors of any name', async () => {
  const { summary } = await run([message({ userId: 'a' })], { answer: () => serviceError('constructor', 503) });
  expect(summary.retryErrors).toEqual({ constructor: 1 });
});

test('settling has the time that is left, less what the steps after it need', async () => {
  // The call takes 60 ms.
  const { timesAllowed } = await run([message('nonsense'), message({ userId: 'a' })], { endsAt: 30_000 });
  expect(timesAllowed).toEqual([28_940, 29_640]);
});

test('settling has at least a moment, however late it is: a time of 0 would be no limit', async () => {
  const { timesAllowed } = await run([message('nonsense'), message({ userId: 'a' })], { endsAt: -5 });
  expect(timesAllowed).toEqual([1, 1]);
});

describe('of the records of one user, with versions,', () => {
  const record = (n: number, version: number, sentAt: number) =>
    message({ userId: 'a', properties: { n }, version }, { sentAt });

  test('the one that was sent later is the newer of two with the same version', async () => {
    const { dataset, summary } = await run([record(2, 7, 20), record(1, 7, 10)], { versions: createModelTable() });
    expect(dataset.get('a')).toBe('{"n":2}');
    expect(summary.users).toMatchObject({ delivered: 1, superseded: 1 });
  });

  test('each that is refused gives way to the next older one, whatever the order in which they were sent', async () => {
    const versions = [5, 9, 1, 7, 3];
    const tried: (string | undefined)[] = [];
    const { deadLetters } = await run(
      versions.map((version, index) => record(version, version, index)),
      {
        versions: createModelTable(),
        answer: (group) => {
          tried.push(...group.map(({ properties }) => properties));
          return INVALID_INPUT();
        },
      },
    );
    expect(tried).toEqual([9, 7, 5, 3, 1].map((n) => `{"n":${n}}`));
    expect(deadLetters).toHaveLength(5);
  });
});

test('without versions a record that names one is as new as it was sent', async () => {
  const older = message({ userId: 'a', properties: { n: 1 }, version: 9 }, { sentAt: 1 });
  const newer = message({ userId: 'a', properties: { n: 2 }, version: 3 }, { sentAt: 2 });
  expect((await run([newer, older])).dataset.get('a')).toBe('{"n":2}');
});

test('a packed message of which one letter cannot be sent comes again, and its other letters do not count', async () => {
  const packed = message({ users: [{ userId: '' }, { userId: 'a' }, { userId: '', n: 1 }] });
  const { failedMessageIds, summary } = await run([packed], { loses: (letter) => letter === 1 });
  expect(failedMessageIds).toEqual([packed.messageId]);
  expect(summary).toMatchObject({
    users: { delivered: 1, rejected: 0 },
    deadLetterReasons: {},
    deadLetterErrors: { Lost: 1 },
    retryErrors: { Lost: 1 },
  });
});

test('what comes behind a message whose letter cannot be sent waits for it, in its message group', async () => {
  const batch = [
    message('nonsense', { messageGroupId: 'g' }),
    message({ userId: 'a' }, { messageGroupId: 'g' }),
    message({ userId: 'b' }, { messageGroupId: 'h' }),
  ];
  const { failedMessageIds, summary } = await run(batch, { loses: () => true });
  expect(failedMessageIds).toEqual(batch.slice(0, 2).map(({ messageId }) => messageId));
  expect(summary.retryErrors).toEqual({ Lost: 1, MessageGroupBlocked: 1 });
});

test('retries of a standard queue are planned oldest first, whatever the order they were received in', async () => {
  const newer = message(
    { userId: 'a', properties: { n: 2 } },
    { sentAt: 2000, receiveCount: 1, receiptHandle: 'newer' },
  );
  const older = message(
    { userId: 'a', properties: { n: 1 } },
    { sentAt: 1000, receiveCount: 4, receiptHandle: 'older' },
  );
  const { changes } = await run([newer, older], { answer: INTERNAL_FAILURE });
  // So the newer one waits for the older one, which was received more often.
  expect(changes).toEqual([
    { receiptHandle: 'older', delayInSeconds: 12 },
    { receiptHandle: 'newer', delayInSeconds: 12 },
  ]);
});

test('a message that was not read as a whole is retried with its defect, and without a letter however often', async () => {
  const defect = { code: 'InternalError', message: 'its attributes could not be read' };
  const { calls, deadLetters, failedMessageIds, summary } = await run([
    message({ userId: 'a' }, { defect, receiveCount: 99, messageId: 'struck' }),
  ]);
  expect(calls).toEqual([]);
  expect(deadLetters).toEqual([]);
  expect(failedMessageIds).toEqual(['struck']);
  expect(summary).toMatchObject({ retryErrors: { InternalError: 1 }, users: { retried: 0 } });
});

test('the summary holds no userId and no property', async () => {
  const batch = [
    message({ userId: 'secret-id', properties: { city: 'secret-city' } }),
    message({ userId: 'secret-id', properties: { city: {} } }),
    message('secret nonsense'),
  ];
  const { summary } = await run(batch, {
    answer: () => serviceError('InvalidInputException', 400, 'secret-id is bad'),
  });
  expect(JSON.stringify(summary)).not.toContain('secret');
});

describe('for any batch and any failures', () => {
  const errors = [
    INVALID_INPUT,
    THROTTLED,
    INTERNAL_FAILURE,
    NOT_FOUND,
    () => serviceError('AccessDeniedException', 400),
  ];
  const user = fc.record({
    userId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', ''),
    properties: fc.record({ version: fc.integer({ min: 0, max: 1000 }), poison: fc.boolean() }),
  });
  const body = fc.oneof(
    { weight: 6, arbitrary: user.map((one) => JSON.stringify(one)) },
    { weight: 2, arbitrary: fc.array(user, { maxLength: 25 }).map((many) => JSON.stringify({ users: many })) },
    { weight: 1, arbitrary: fc.string() },
  );
  const record = fc.record({
    body,
    receiveCount: fc.integer({ min: 1, max: 5 }),
    sentAt: fc.integer({ min: 0, max: 50 }),
    group: fc.constantFrom('g', 'h'),
  });
  const world = fc.record({
    fifo: fc.boolean(),
    /** What the n-th call answers: an index into the errors, or none. */
    answers: fc.array(fc.option(fc.nat(errors.length - 1), { freq: 3 }), { maxLength: 30 }),
    lost: fc.array(fc.boolean(), { maxLength: 10 }),
    endsAt: fc.constantFrom(3000, 5000, 600_000),
  });

  test('each user of each message is delivered, superseded, dead-lettered or still in the queue', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 40 }),
        world,
        async (records, { fifo, answers, lost, endsAt }) => {
          const batch = records.map(({ body: text, receiveCount, sentAt, group }) =>
            message(text, { receiveCount, sentAt, ...(fifo && { messageGroupId: group }) }),
          );
          const { calls, dataset, deadLetters, failedMessageIds } = await run(batch, {
            endsAt,
            loses: (letter) => lost[letter] ?? false,
            answer: (group, call) => {
              const error = answers[call - 1];
              if (error !== null && error !== undefined) return errors[error]!();
              return group.some(({ properties }) => properties?.includes('"poison":true'))
                ? INVALID_INPUT()
                : undefined;
            },
          });

          for (const group of calls) {
            expect(group.length).toBeGreaterThanOrEqual(1);
            expect(group.length).toBeLessThanOrEqual(10);
            expect(new Set(group.map(({ userId }) => userId)).size).toBe(group.length);
          }

          const failed = new Set(failedMessageIds);
          expect(failed.size).toBe(failedMessageIds.length);
          expect(batch.filter(({ messageId }) => failed.has(messageId))).toHaveLength(failed.size);

          const lettersOf = new Map<string, string[]>();
          for (const { source, body: text } of deadLetters) {
            lettersOf.set(source.messageId, [...(lettersOf.get(source.messageId) ?? []), text]);
          }
          const reader = createMessageReader({ maxPropertiesLength: 4096 });
          for (const { messageId, body: text } of batch) {
            if (failed.has(messageId)) continue;
            const reading = reader(text);
            const letters = lettersOf.get(messageId) ?? [];
            if (reading.kind === 'invalid') {
              expect(letters).toEqual([text]);
              continue;
            }
            for (const each of reading.users) {
              const settled =
                each.kind === 'invalid'
                  ? letters.includes(each.body)
                  : dataset.has(each.user.userId) ||
                    letters.some((letter) => JSON.parse(letter).userId === each.user.userId);
              expect(settled).toBe(true);
            }
          }
        },
      ),
      runs(500),
    );
  });

  test('the dataset ends up with the newest record of each user that it takes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 40 }), async (records) => {
        const batch = records.map(({ body: text, sentAt }) => message(text, { sentAt }));
        const { dataset, failedMessageIds } = await run(batch, {
          answer: (group) =>
            group.some(({ properties }) => properties?.includes('"poison":true')) ? INVALID_INPUT() : undefined,
        });
        expect(failedMessageIds).toEqual([]);

        const reader = createMessageReader({ maxPropertiesLength: 4096 });
        const expected = new Map<string, string | undefined>();
        for (const { body: text } of batch.toSorted((a, b) => a.sentAt - b.sentAt)) {
          const reading = reader(text);
          for (const each of reading.kind === 'users' ? reading.users : []) {
            if (each.kind === 'valid' && !each.user.properties?.includes('"poison":true')) {
              expected.set(each.user.userId, each.user.properties);
            }
          }
        }
        expect(dataset).toEqual(expected);
      }),
      runs(300),
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { createMessageReader } from '../../../../contract/message/read-message.ts';
import type { DeadLetter } from '../../../../lambda/core/dead-letter.ts';
import { createIngest } from '../../../../lambda/core/ingest.ts';
import type { Message } from '../../../../lambda/core/message.ts';
import { createPacer } from '../../../../lambda/core/pacer.ts';
import type { UserVersions, VisibilityChange } from '../../../../lambda/core/ports.ts';
import { createVirtualClock } from '../../../../simulation/planning/virtual-clock.ts';
import { INVALID_INPUT } from '../../../support/errors.ts';
import { message, users } from '../../../support/messages.ts';
import { createModelTable } from '../../../support/model-table.ts';

interface World {
  readonly versions: UserVersions;
  readonly answer?: (userIds: readonly string[], properties: readonly (string | undefined)[]) => Error | undefined;
}

async function run(messages: readonly Message[], { versions, answer }: World) {
  const clock = createVirtualClock(1_000_000);
  const calls: (readonly string[])[] = [];
  const dataset = new Map<string, string | undefined>();
  const letters: DeadLetter[] = [];
  const changes: VisibilityChange[] = [];
  const ingest = createIngest(
    {
      clock,
      wallClock: clock.now,
      random: () => 0.5,
      versions,
      putUsers: async (group) => {
        calls.push(group.map(({ userId }) => userId));
        await clock.sleep(60);
        const error = answer?.(
          group.map(({ userId }) => userId),
          group.map(({ properties }) => properties),
        );
        if (error) throw error;
        for (const { userId, properties } of group) dataset.set(userId, properties);
      },
      sendDeadLetters: async (sent) => {
        letters.push(...sent);
        return [];
      },
      changeVisibility: async (wanted) => {
        changes.push(...wanted);
        return [];
      },
    },
    createPacer({ callsPerSecond: 5 }, clock),
    createMessageReader({ maxPropertiesLength: 4096 }),
    { maxReceiveCount: 5, backoff: { baseInSeconds: 2, maxInSeconds: 900 } },
  );
  const { failedMessageIds, summarize } = await ingest(messages, { requestId: 'me', endsAt: clock.now() + 60_000 });
  const result = { failedMessageIds, summary: summarize() };
  return { ...result, calls, dataset, letters, changes, clock };
}

const down = async (items: readonly unknown[]) =>
  items.map(() => ({ kind: 'failed', reason: { code: 'OrderTableUnavailable', message: 'down' } }) as const);

const throwSecret = (): never => {
  throw new RangeError('secret user');
};

/** An answer that throws when it is looked at. */
const throwLater = () => Object.defineProperty([], 0, { get: throwSecret });

describe('the order guard in a batch', () => {
  test('calls as many users at a time as without it, with two writes a user', async () => {
    const table = createModelTable();
    const { calls, failedMessageIds } = await run(
      users(95).map((user) => message(user)),
      { versions: table },
    );
    expect(calls.map(({ length }) => length)).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 5]);
    expect(table.writes()).toBe(190);
    expect(failedMessageIds).toEqual([]);
  });

  test('of what throws while leases are taken, it is the failure of whom it was about, alone', async () => {
    const table = createModelTable();
    let looks = 0;
    const lookAt = () => (looks++ === 0 ? throwSecret() : 'refused');
    const broken: UserVersions = {
      ...table,
      lease: async (requests, within) => {
        const replies = [...(await table.lease(requests, within))];
        replies[1] = Object.defineProperty({ stored: {} }, 'kind', { get: lookAt }) as (typeof replies)[number];
        return replies;
      },
    };
    const batch = users(3).map((user) => message(user));
    const { calls, failedMessageIds, summary } = await run(batch, { versions: broken });
    expect(calls.flat()).toEqual(['user-0', 'user-2']);
    expect(failedMessageIds).toEqual([batch[1]!.messageId]);
    expect(summary).toMatchObject({ defects: [{ error: 'RangeError' }], retryErrors: { InternalError: 1 } });
    expect(JSON.stringify(summary)).not.toContain('secret');
  });

  test('retries what it cannot say to be delivered, since ending the leases threw, and nothing crashes', async () => {
    const table = createModelTable();
    const { calls, failedMessageIds, summary } = await run(
      users(3).map((user) => message(user)),
      { versions: { ...table, end: (async () => throwLater()) as unknown as UserVersions['end'] } },
    );
    expect(calls).toHaveLength(1);
    expect(failedMessageIds).toHaveLength(3);
    expect(summary).toMatchObject({ defects: [{ error: 'RangeError' }], retryErrors: { InternalError: 3 } });
  });

  test('delivers nothing unguarded: without the table all is retried, with the reason', async () => {
    const { calls, summary } = await run(
      users(300).map((user) => message(user)),
      { versions: { lease: down, end: down } },
    );
    expect(calls).toEqual([]);
    expect(summary.retryErrors).toEqual({ OrderTableUnavailable: 300 });
    expect(summary.users.retried).toBe(300);
  });

  test('acknowledges nothing that the table does not know to be delivered', async () => {
    const table = createModelTable();
    const { dataset, summary } = await run([message({ userId: 'a' })], { versions: { lease: table.lease, end: down } });
    expect(dataset.has('a')).toBe(true);
    expect(summary.users).toMatchObject({ delivered: 0, retried: 1 });
  });

  test('goes by versions within a batch too, and by the time of sending where there is none', async () => {
    const body = (n: number, version?: number) => ({ userId: 'a', properties: { n }, version });
    const { dataset, summary } = await run(
      [message(body(1, 9), { sentAt: 1 }), message(body(2, 8), { sentAt: 2 }), message(body(3, 7), { sentAt: 3 })],
      { versions: createModelTable() },
    );
    expect(dataset.get('a')).toBe('{"n":1}');
    expect(summary.users).toMatchObject({ delivered: 1, superseded: 2 });
  });

  test('gives an older record its turn when a newer one is refused, unless it is older than what was delivered', async () => {
    const table = createModelTable();
    table.items.set('b', { delivered: 5_000_000n });
    const body = (userId: string, version: number) => ({ userId, properties: { version }, version });
    const { dataset, letters, summary } = await run(
      [message(body('a', 4)), message(body('a', 9)), message(body('b', 4)), message(body('b', 9))],
      {
        versions: table,
        answer: (_, properties) => (properties.some((each) => each?.includes('9')) ? INVALID_INPUT() : undefined),
      },
    );
    expect(Object.fromEntries(dataset)).toEqual({ a: '{"version":4}' });
    expect(letters.map(({ body: text }) => JSON.parse(text).version)).toEqual([9, 9]);
    expect(summary.users).toMatchObject({ delivered: 1, superseded: 1, rejected: 2 });
    expect(table.items.get('a')).toEqual({ delivered: 4_000_000n });
    expect(table.items.get('b')).toEqual({ delivered: 5_000_000n });
  });

  test('keeps the lease while a call may still take effect, and the message away for as long', async () => {
    const table = createModelTable();
    const { changes, clock, failedMessageIds } = await run([message({ userId: 'a' }, { messageId: 'm' })], {
      versions: table,
      answer: () => Object.assign(new Error('no reply within 5000 ms'), { name: 'TimeoutError' }),
    });
    expect(failedMessageIds).toEqual(['m']);
    expect(table.items.get('a')!.until).toBeGreaterThanOrEqual(clock.now() + 59_000);
    expect(changes[0]!.delayInSeconds).toBeGreaterThanOrEqual(60);
  });

  test('waits a little for others who deliver the user, and is superseded if they were newer', async () => {
    const table = createModelTable();
    table.items.set('a', { owner: 'other', until: 2_000_000 });
    let asked = 0;
    const versions: UserVersions = {
      end: table.end,
      lease: (requests, within) => {
        if (++asked === 3) table.items.set('a', { delivered: 10n ** 20n });
        return table.lease(requests, within);
      },
    };
    const { calls, summary } = await run([message({ userId: 'a' }), message({ userId: 'b' })], { versions });
    expect(calls).toEqual([['b']]);
    expect(summary.users).toMatchObject({ delivered: 1, superseded: 1 });
  });

  test('retries a message whose user stays with others, not before their lease has run out', async () => {
    const table = createModelTable();
    table.items.set('a', { owner: 'other', until: 1_090_000 });
    const { changes, summary } = await run([message({ userId: 'a' })], { versions: table });
    expect(summary.retryErrors).toEqual({ UserBeingUpdated: 1 });
    expect(changes[0]!.delayInSeconds).toBeGreaterThanOrEqual(86);
  });

  test('does not wait in its batch for a lease that is kept, since nobody gives that back', async () => {
    const table = createModelTable();
    table.items.set('a', { owner: 'other', until: 1_059_000 });
    let asked = 0;
    const versions: UserVersions = {
      end: table.end,
      lease: (requests, within) => {
        asked++;
        return table.lease(requests, within);
      },
    };
    const { changes, clock, summary } = await run([message({ userId: 'a' }), message({ userId: 'b' })], { versions });
    expect(summary.retryErrors).toEqual({ UserBeingUpdated: 1 });
    expect(summary.users).toMatchObject({ delivered: 1, retried: 1 });
    expect(asked).toBe(1);
    // One call of 60 ms.
    expect(clock.now()).toBeLessThan(1_000_100);
    expect(changes[0]!.delayInSeconds).toBeGreaterThanOrEqual(59);
  });

  test('does not keep a message away for a user of it that is superseded after all', async () => {
    const table = createModelTable();
    table.items.set('a', { owner: 'other', until: 1_090_000 });
    let asked = 0;
    const versions: UserVersions = {
      end: table.end,
      lease: (requests, within) => {
        if (++asked === 2) table.items.set('a', { delivered: 10n ** 20n });
        return table.lease(requests, within);
      },
    };
    const { changes, summary } = await run([message({ users: [{ userId: 'a' }, { userId: 'b' }] })], {
      versions,
      answer: () => Object.assign(new Error('no'), { name: 'AccessDeniedException' }),
    });
    expect(summary.users).toMatchObject({ superseded: 1, retried: 1 });
    expect(changes[0]!.delayInSeconds).toBeLessThanOrEqual(2);
  });

  test.each([
    ['a lease that others hold', { owner: 'other', until: 1_090_000 }, undefined],
    ['a lease that is kept', { owner: 'other', until: 1_059_000 }, undefined],
    ['a call of our own that may still take effect', {}, 'TimeoutError'],
  ])('keeps all records of a user away as long as the newest, for %s', async (_, stored, name) => {
    const table = createModelTable();
    table.items.set('a', stored);
    const { changes } = await run(
      [1, 2, 3].map((sentAt) => message({ userId: 'a' }, { sentAt })),
      { versions: table, answer: () => (name ? Object.assign(new Error(name), { name }) : undefined) },
    );
    expect(changes).toHaveLength(3);
    for (const { delayInSeconds } of changes) expect(delayInSeconds).toBeGreaterThanOrEqual(58);
  });
});

describe('a dead letter', () => {
  test.each<[string, unknown, Partial<Message>, string]>([
    ['is as old as its message', { userId: '' }, { sentAt: 1234 }, '1234'],
    [
      'keeps what an earlier one had kept',
      { userId: '' },
      { sentAt: 9999, attributes: { RecordVersion: { dataType: 'Number', stringValue: '1234.5' } } },
      '1234.5',
    ],
    [
      'has the version of its record, which an edit may have set',
      { userId: 'refused', version: 7 },
      { sentAt: 9999, attributes: { RecordVersion: { dataType: 'Number', stringValue: '1234' } } },
      '7',
    ],
  ])('%s', async (_, body, overrides, version) => {
    const { letters } = await run([message(body, overrides)], {
      versions: createModelTable(),
      answer: () => INVALID_INPUT(),
    });
    expect(letters[0]!.attributes.RecordVersion).toEqual({ dataType: 'Number', stringValue: version });
  });
});

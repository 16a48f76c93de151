/** The function's own core, several environments of it, on a virtual clock, with everything failing that can. */
import { describe, expect, test } from '@jest/globals';
import { createMessageReader } from '../../../../contract/message/read-message.ts';
import type { UserRecord } from '../../../../contract/message/schema.ts';
import { createIngest } from '../../../../lambda/core/ingest.ts';
import type { Message } from '../../../../lambda/core/message.ts';
import type { LeaseEnd } from '../../../../lambda/core/order/lease.ts';
import { createPacer } from '../../../../lambda/core/pacer.ts';
import type { UserVersions } from '../../../../lambda/core/ports.ts';
import { seededRandom } from '../../../../local/random.ts';
import { createVirtualClock } from '../../../../simulation/planning/virtual-clock.ts';
import { INTERNAL_FAILURE, INVALID_INPUT, THROTTLED } from '../../../support/errors.ts';
import { message } from '../../../support/messages.ts';
import { createModelTable } from '../../../support/model-table.ts';

const RECORDS = 1_500;
const USERS = 12;
const INVOCATION = 20_000;
const VISIBILITY = 120_000;
const LINGERS = 55_000;

interface Queued {
  readonly message: Message;
  receiveCount: number;
  visibleAt: number;
  isSettled: boolean;
}

/** Runs until all records are settled. Returns each time that one undid a newer one, or was lost. */
async function run(seed: number, spoil: (end: LeaseEnd) => LeaseEnd = (end) => end, guarded = true) {
  const random = seededRandom(seed);
  const chance = (share: number) => random() < share;
  const upTo = (limit: number) => Math.floor(random() * limit);
  const clock = createVirtualClock(1_000_000);
  const table = createModelTable();
  const dataset = new Map<string, number>();
  const acknowledged = new Map<string, number>();
  const problems: string[] = [];
  const totals = { crashes: 0, superseded: 0, letters: 0, retried: 0 };

  const queue: Queued[] = Array.from({ length: RECORDS }, (_, index) => ({
    message: message(
      { userId: `u${upTo(USERS)}`, properties: { number: index, poison: chance(0.03) }, version: index },
      { messageId: `m${index}`, receiptHandle: `m${index}`, sentAt: upTo(1000) },
    ),
    receiveCount: 0,
    // Replays and redeliveries: any order at all.
    visibleAt: clock.now() + upTo(600_000),
    isSettled: false,
  }));

  const take = ({ userId, properties = '' }: UserRecord) => {
    const { number } = JSON.parse(properties) as { number: number };
    if (number < (acknowledged.get(userId) ?? -1))
      problems.push(`${number} undid ${acknowledged.get(userId)} of ${userId}`);
    dataset.set(userId, number);
  };

  const environment = (isDead: () => boolean) => {
    const never = new Promise<never>(() => {});
    const alive = async <Result>(result: Result): Promise<Result> => (isDead() ? never : result);
    const sleep = async (milliseconds: number) => {
      await clock.sleep(milliseconds);
      await alive(undefined);
    };
    const versions: UserVersions = {
      lease: async (requests) => {
        await sleep(upTo(20));
        if (chance(0.02)) return requests.map(() => TABLE_DOWN);
        const replies = await table.lease(requests, { timeoutInMilliseconds: 1 });
        await sleep(upTo(20));
        return replies;
      },
      end: async (ends) => {
        await sleep(upTo(20));
        if (chance(0.02)) return ends.map(() => TABLE_DOWN);
        const replies = await table.end(ends.map(spoil), { timeoutInMilliseconds: 1 });
        await sleep(upTo(20));
        return chance(0.02) ? ends.map(() => TABLE_DOWN) : replies;
      },
    };
    const delays = new Map<string, number>();
    const letters = new Set<string>();
    const ingest = createIngest(
      {
        clock: { now: clock.now, sleep },
        wallClock: () => clock.now(),
        random,
        putUsers: async (users) => {
          await alive(undefined);
          const refused = users.some(({ properties = '' }) => properties.includes('"poison":true'));
          if (chance(0.05)) throw THROTTLED();
          if (chance(0.1)) {
            // No answer; it may take effect all the same, and late.
            const late = upTo(LINGERS);
            if (!refused && chance(0.7)) void clock.sleep(late).then(() => users.forEach(take));
            await sleep(5_000);
            throw Object.assign(new Error('no reply'), { name: 'TimeoutError' });
          }
          await clock.sleep(20 + upTo(200));
          if (refused) {
            await alive(undefined);
            throw INVALID_INPUT();
          }
          users.forEach(take);
          await alive(undefined);
          if (chance(0.03)) throw INTERNAL_FAILURE();
        },
        sendDeadLetters: async (sent) => {
          for (const { source } of sent) letters.add(source.messageId);
          return [];
        },
        changeVisibility: async (changes) => {
          for (const { receiptHandle, delayInSeconds } of changes) delays.set(receiptHandle, delayInSeconds * 1000);
          return [];
        },
        ...(guarded && { versions }),
      },
      createPacer({ callsPerSecond: 5 }, { now: clock.now, sleep }),
      createMessageReader({ maxPropertiesLength: 4096 }),
      { maxReceiveCount: 8, backoff: { baseInSeconds: 5, maxInSeconds: 300 } },
    );
    return { ingest, delays, letters };
  };

  const start = (state: { readonly dead: boolean }) => environment(() => state.dead);
  let invocations = 0;
  const poll = async () => {
    let state = { dead: false };
    let { ingest, delays, letters } = start(state);
    while (queue.some(({ isSettled }) => !isSettled)) {
      const batch = queue.filter(({ isSettled, visibleAt }) => !isSettled && visibleAt <= clock.now()).slice(0, 15);
      if (batch.length === 0) {
        await clock.sleep(1_000);
        continue;
      }
      const endsAt = clock.now() + INVOCATION;
      for (const each of batch) {
        each.receiveCount++;
        // Now and then it is handed out again while it is being worked on.
        each.visibleAt = chance(0.02) ? clock.now() : clock.now() + VISIBILITY;
      }
      delays.clear();
      letters.clear();
      const dies = chance(0.25) ? clock.sleep(upTo(1_500)).then(() => 'dead' as const) : new Promise<never>(() => {});
      const cutOff = clock.sleep(INVOCATION).then(() => 'dead' as const);
      const outcome = await Promise.race([
        ingest(
          batch.map((each) => ({ ...each.message, receiveCount: each.receiveCount })),
          { requestId: `r${invocations++}`, endsAt },
        ),
        dies,
        cutOff,
      ]);
      if (outcome === 'dead') {
        totals.crashes++;
        state.dead = true;
        state = { dead: false };
        ({ ingest, delays, letters } = start(state));
        continue;
      }
      totals.superseded += outcome.summarize().users.superseded;
      totals.retried += outcome.summarize().retriedMessages;
      for (const each of batch) {
        const { messageId } = each.message;
        if (outcome.failedMessageIds.includes(messageId)) {
          each.visibleAt = clock.now() + (delays.get(messageId) ?? VISIBILITY);
          continue;
        }
        each.isSettled = true;
        if (letters.has(messageId)) {
          totals.letters++;
          continue;
        }
        const { userId, version } = JSON.parse(each.message.body) as { userId: string; version: number };
        acknowledged.set(userId, Math.max(version, acknowledged.get(userId) ?? -1));
        if ((dataset.get(userId) ?? -1) < version) problems.push(`${version} of ${userId} was lost`);
      }
    }
  };
  await Promise.all([poll(), poll(), poll()]);
  await clock.sleep(120_000);
  for (const [userId, version] of acknowledged) {
    if (dataset.get(userId)! < version)
      problems.push(`${userId} ends as ${dataset.get(userId)}, and not as ${version}`);
  }
  return { problems, ...totals };
}

const TABLE_DOWN = { kind: 'failed', reason: { code: 'OrderTableUnavailable', message: 'down' } } as const;

describe('three environments, of which some die, on calls of which some linger', () => {
  test.each([1, 2, 3, 4, 5, 6])(
    'with the guard no record undoes a newer one (seed %i)',
    async (seed) => {
      const { problems, crashes, superseded, retried } = await run(seed);
      expect(problems).toEqual([]);
      expect(crashes).toBeGreaterThan(0);
      expect(superseded).toBeGreaterThan(0);
      expect(retried).toBeGreaterThan(0);
    },
    60_000,
  );

  test('without it some do', async () => {
    const { problems } = await run(1, undefined, false);
    expect(problems.length).toBeGreaterThan(0);
  }, 60_000);

  test.each<[string, (end: LeaseEnd) => LeaseEnd]>([
    ['leases are given back though a call may linger', (end) => ({ ...end, keptUntil: undefined })],
    ['what was delivered is not remembered', (end) => ({ ...end, delivered: undefined })],
  ])(
    'a planted fault is found: %s',
    async (_, spoil) => {
      const found = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => run(seed, spoil)));
      expect(found.flatMap(({ problems }) => problems).length).toBeGreaterThan(0);
    },
    60_000,
  );
});

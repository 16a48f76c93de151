/**
 * Whatever fails and in whatever order: no deduplication id ever stands for two contents, nothing is dropped but what is
 * there, and the newest record of a user comes last. By real calls of each program, over all their attempts, against the
 * five-minute rule of FIFO queues.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { sendLetters } from '../../cli/dlq/send-letters.ts';
import { recognize } from '../../cli/send/format.ts';
import { openInput } from '../../cli/send/input.ts';
import { deliverTo } from '../../cli/send/send-input.ts';
import { type Mark, sendUsers } from '../../cli/send/send-users.ts';
import type { Target } from '../../cli/target.ts';
import { createMessageReader } from '../../contract/message/read-message.ts';
import { sendDeadLettersWith } from '../../lambda/aws/dead-letter-queue.ts';
import { createIngest } from '../../lambda/core/ingest.ts';
import type { Message } from '../../lambda/core/message.ts';
import { createPacer } from '../../lambda/core/pacer.ts';
import { UserProducer } from '../../producer/index.ts';
import { letter } from '../cli/support/letter.ts';
import { INTERNAL_FAILURE, INVALID_INPUT } from '../support/errors.ts';
import { type CallFate, type FifoServer, startFifoServer } from '../support/fifo-server.ts';
import { message } from '../support/messages.ts';
import { runs } from '../support/property-runs.ts';

jest.setTimeout(120_000);

const readMessage = createMessageReader({ maxPropertiesLength: 4096 });

async function withServer(run: (server: FifoServer) => Promise<void>): Promise<void> {
  const server = await startFifoServer();
  try {
    await run(server);
  } finally {
    await server.stop();
  }
}

/** How often each text is in a list. */
function countOf(texts: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(texts, (text) => text)].map(([text, all]) => [text, all.length]));
}

function expectAtLeast(stored: readonly string[], needed: readonly string[]): void {
  const there = countOf(stored);
  for (const [text, count] of countOf(needed)) expect([text, (there.get(text) ?? 0) >= count]).toEqual([text, true]);
}

/** Mostly well. */
const fate: fc.Arbitrary<CallFate> = fc.record({
  failing: fc.array(fc.boolean(), { maxLength: 3 }),
  replyIsLost: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
});

/** A record: of few users and few values, so that many are equal. */
const record = fc.record({
  userId: fc.constantFrom('a', 'b', ''),
  value: fc.nat(1),
  isBad: fc.boolean(),
});
type Rec = typeof record extends fc.Arbitrary<infer T> ? T : never;

const attempt = fc.record({
  /** Messages that have come meanwhile. */
  come: fc.array(
    fc.record({ group: fc.constantFrom('g', 'h'), users: fc.array(record, { minLength: 1, maxLength: 4 }) }),
    {
      maxLength: 2,
    },
  ),
  fates: fc.array(fate, { maxLength: 4 }),
  passes: fc.boolean(),
  /** Nothing is reported: all messages come again. */
  crashes: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
  seconds: fc.constantFrom(1, 150, 299, 301),
});

type Attempt = typeof attempt extends fc.Arbitrary<infer T> ? T : never;

/** Runs attempts until nothing is left, and collects which letters there had to be for what was acknowledged. */
async function runFunction(server: FifoServer, attempts: readonly Attempt[]): Promise<readonly string[]> {
  let pending: Message[] = [];
  let time = 0;
  let isPassing = true;
  let number = 0;
  const needed: string[] = [];
  const clock = {
    now: () => time,
    sleep: async (milliseconds: number) => {
      time += milliseconds;
    },
  };
  const ingest = createIngest(
    {
      clock,
      wallClock: clock.now,
      random: () => 0.5,
      putUsers: async (users) => {
        if (!isPassing) throw INTERNAL_FAILURE();
        if (users.some(({ properties }) => properties?.includes('"isBad":true'))) throw INVALID_INPUT();
      },
      sendDeadLetters: sendDeadLettersWith(server.client, server.queueUrl),
      changeVisibility: async () => [],
    },
    createPacer({ callsPerSecond: 1000 }, clock),
    readMessage,
    { maxReceiveCount: 1_000, backoff: { baseInSeconds: 1, maxInSeconds: 10 } },
  );
  for (const { come, fates, passes, crashes, seconds } of [...attempts, LAST]) {
    for (const { group, users } of come) {
      const all = users.map(({ userId, ...rest }) => ({ userId, properties: { ...rest, number: number++ >> 1 } }));
      pending.push(message(all.length === 1 ? all[0] : { users: all }, { messageGroupId: group, receiveCount: 0 }));
    }
    server.fates.splice(0, Number.POSITIVE_INFINITY, ...fates);
    isPassing = passes;
    const batch = pending.slice(0, 10).map((each) => ({ ...each, receiveCount: each.receiveCount + 1 }));
    const { failedMessageIds } = await ingest(batch, { requestId: 'r', endsAt: time + 600_000 });
    const acknowledged = crashes ? [] : batch.filter(({ messageId }) => !failedMessageIds.includes(messageId));
    for (const each of acknowledged) needed.push(...lettersNeeded(each, batch));
    pending = [...batch, ...pending.slice(10)].filter((each) => !acknowledged.includes(each));
    server.pass(seconds);
  }
  expect(pending).toEqual([]);
  return needed;
}

const LAST = { come: [], fates: [], passes: true, crashes: false, seconds: 0 };

/** The bodies of the bad users of a message that no good one of its batch supersedes. */
function lettersNeeded(one: Message, batch: readonly Message[]): readonly string[] {
  const usersOf = ({ body }: Message): (Rec & { properties: Rec })[] => JSON.parse(body).users ?? [JSON.parse(body)];
  const all = batch.flatMap((each) => usersOf(each).map((user) => ({ user, from: each })));
  return all.flatMap(({ user, from }, index) => {
    const { userId, properties } = user;
    const isSuperseded = all
      .slice(index + 1)
      .some((later) => userId !== '' && later.user.userId === userId && !later.user.properties.isBad);
    const isLetter = from === one && !isSuperseded && (userId === '' || properties.isBad);
    return isLetter ? [JSON.stringify(user)] : [];
  });
}

/** The last of a user's records has the highest number of them. */
function expectNewestLast(users: readonly { readonly userId: string; readonly number: number }[]): void {
  for (const [userId, records] of Map.groupBy(users, (user) => user.userId)) {
    const numbers = records.map(({ number }) => number);
    expect([userId, numbers.at(-1)]).toEqual([userId, Math.max(...numbers)]);
  }
}

test('the function stores each letter that it acknowledges, over all its attempts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { minLength: 1, maxLength: 6 }), (attempts) =>
      withServer(async (server) => {
        const needed = await runFunction(server, attempts);
        expectAtLeast(
          server.stored.map(({ body }) => body),
          needed,
        );
      }),
    ),
    runs(100),
  );
});

test('and the newest letter of a user last, while SQS remembers all of them, or none', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { minLength: 1, maxLength: 6 }), fc.constantFrom(1, 301), (attempts, seconds) =>
      withServer(async (server) => {
        await runFunction(
          server,
          attempts.map((each) => ({ ...each, seconds })),
        );
        const letters = server.stored.map(({ body, group }) => {
          const { userId, properties } = JSON.parse(body);
          return { userId: `${group} ${userId}`, number: properties.number as number };
        });
        expectNewestLast(letters);
      }),
    ),
    runs(100),
  );
});

const WELL: CallFate = { failing: [], replyIsLost: false };
const LOST: CallFate = { failing: [], replyIsLost: true };

/** A run of `send` that ends when nobody may send any longer. */
const interruption = fc.record({
  calls: fc.nat(6),
  lastReplyIsLost: fc.boolean(),
  /** Whether a checkpoint is written after each batch, over and over again. */
  saves: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
  usersPerMessage: fc.integer({ min: 1, max: 3 }),
  seconds: fc.constantFrom(0, 1, 150, 299, 301),
});

test('send, interrupted and resumed at any time, has sent every record, and the newest of a user last', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
  const path = join(directory, 'users.jsonl');
  const lines = fc.array(fc.array(fc.constantFrom('x', 'y'), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 6,
  });
  const group = fc.constantFrom(undefined, 'all');
  try {
    await fc.assert(
      fc.asyncProperty(lines, group, fc.array(interruption, { maxLength: 3 }), (given, messageGroup, interruptions) =>
        withServer(async (server) => {
          let number = 0;
          const written = given.map((ids) => ids.map((userId) => ({ userId, properties: { number: number++ } })));
          writeFileSync(path, written.map((users) => JSON.stringify({ users })).join('\n'));
          const signal = new AbortController().signal;
          const input = await openInput(path, signal);
          const format = await recognize(input, { readMessage });
          let saved: Mark = {
            position: format.start,
            counts: { users: 0, messages: 0, rejected: 0 },
            rejectsBytes: 0,
          };
          const run = async (usersPerMessage: number, saves: readonly boolean[]) => {
            let batches = 0;
            await sendUsers({
              input,
              format,
              from: saved,
              rejects: { add: () => {}, bytes: () => 0, write: async () => {} },
              signal,
              deliver: deliverTo({
                target: { fifo: true, sqs: server.client, queueUrl: server.queueUrl } as Target,
                options: { stack: '', usersPerMessage, messageGroup, concurrency: 10 },
                signal,
              }),
              onSuspect: () => {},
              onReject: () => {},
              onSettled: async (mark) => {
                if (saves[batches++ % saves.length]) saved = mark;
              },
            });
          };
          for (const { calls, lastReplyIsLost, saves, usersPerMessage, seconds } of interruptions) {
            const good = Array.from({ length: calls }, () => WELL);
            server.fates.splice(0, Number.POSITIVE_INFINITY, ...good, ...(lastReplyIsLost ? [LOST] : []), undefined);
            await run(usersPerMessage, saves).catch((error) => expect(error.name).toBe('AccessDenied'));
            server.pass(seconds);
          }
          server.fates.splice(0);
          await run(2, [true]);
          await input.close();

          const stored = server.stored.flatMap(({ body }) => {
            const { users = [JSON.parse(body)] } = JSON.parse(body);
            return (users as (typeof written)[number]).map(({ userId, properties }) => ({ userId, ...properties }));
          });
          expect(new Set(stored.map((user) => user.number)).size).toBe(number);
          expectNewestLast(stored);
        }),
      ),
      runs(60),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('the producer sends each user as often as it is told to, equal ones too', async () => {
  const flips = fc.array(fc.record({ userId: fc.constantFrom('a', 'b'), value: fc.nat(1) }), { maxLength: 8 });
  const fates = fc.array(fc.boolean(), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(flips, fates), { maxLength: 3 }),
      fc.integer({ min: 1, max: 3 }),
      (all, packed) =>
        withServer(async (server) => {
          await using producer = new UserProducer({ ...server, usersPerMessage: packed });
          for (const [users, lost] of all) {
            server.fates.push(...lost.map((isLost) => (isLost ? LOST : WELL)));
            await producer.sendAll(users.map(({ userId, value }) => ({ userId, properties: { value } })));
          }
          const valuesOf = (userId: string) =>
            server.stored
              .flatMap(({ body }) => JSON.parse(body).users ?? [JSON.parse(body)])
              .filter((user) => user.userId === userId)
              .map(({ properties }) => properties.value);
          for (const id of ['a', 'b']) {
            const given = all.flatMap(([users]) =>
              users.filter(({ userId }) => userId === id).map(({ value }) => value),
            );
            expect(valuesOf(id)).toEqual(given);
          }
        }),
    ),
    runs(40),
  );
});

test('a replay stores each letter with each body that it is edited to', async () => {
  const round = fc.record({
    bodies: fc.array(fc.constantFrom('{"userId":"a"}', '{"userId":"b"}'), { minLength: 1, maxLength: 4 }),
    isLost: fc.boolean(),
    seconds: fc.constantFrom(1, 299, 301),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 4 }), (rounds) =>
      withServer(async (server) => {
        const letters = Array.from({ length: 4 }, () => letter());
        const to = { sqs: server.client, url: server.queueUrl, fifo: true };
        const needed = new Set<string>();
        for (const { bodies, isLost, seconds } of rounds) {
          if (isLost) server.fates.push(LOST);
          const replays = bodies.map((body, index) => ({ letter: letters[index]!, body }));
          expect(await sendLetters(to, replays)).toEqual([]);
          for (const replay of replays) needed.add(`${replay.letter.messageId} ${replay.body}`);
          server.pass(seconds);
        }
        expect(new Set(server.stored.map(({ group, body }) => `${group} ${body}`))).toEqual(needed);
      }),
    ),
    runs(40),
  );
});

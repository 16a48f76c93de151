import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMessageReader } from '../../contract/message/read-message.ts';
import { holdToGroup } from '../../lambda/core/packed-group.ts';
import { type Batch, createPacker, type Draft } from '../../producer/pack.ts';
import { runs } from '../support/property-runs.ts';

const MIB = 1_048_576;

function pack(drafts: readonly Draft<number>[], usersPerMessage: number): readonly Batch<number>[] {
  const packer = createPacker<number>({ usersPerMessage });
  return [...drafts.map((draft) => packer.add(draft)), packer.end()].filter((batch) => batch !== undefined);
}

function usersIn(body: string): readonly string[] {
  const parsed = JSON.parse(body) as { users?: { userId: string }[]; userId: string };
  return (parsed.users ?? [parsed]).map(({ userId }) => userId);
}

const user = (input: number, text = '', groupId?: string): Draft<number> => ({
  kind: 'user',
  input,
  user: { userId: `user-${input}`, properties: JSON.stringify({ text }) },
  groupId,
});

const refused = (input: number, bytes = 0): Draft<number> => ({
  kind: 'refused',
  input,
  reason: { code: 'Bad', message: 'bad' },
  bytes,
});

/** Texts from nothing to more than a message takes, most of them so that a few fill one. */
const size = fc.oneof(
  fc.nat(300),
  fc.integer({ min: 100_000, max: 500_000 }),
  fc.integer({ min: MIB - 80, max: MIB + 20 }),
);
const drafts = (group: fc.Arbitrary<string | undefined>) =>
  fc
    .array(fc.oneof({ weight: 9, arbitrary: fc.record({ size, group }) }, fc.constant('refused' as const)), {
      maxLength: 60,
    })
    .map((kinds) =>
      kinds.map((kind, input) =>
        kind === 'refused' ? refused(input) : user(input, 'é'.repeat(kind.size / 2), kind.group),
      ),
    );
const anyDrafts = fc.oneof(drafts(fc.constant(undefined)), drafts(fc.constantFrom('a', 'b', 'c')));

describe('packing', () => {
  test('never makes a message that the function would refuse for its group', () => {
    const read = createMessageReader({ maxPropertiesLength: 4096 });
    const groups = fc.array(fc.constantFrom('user-0', 'user-1', 'user-2', 'shard'), { maxLength: 30 });
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 20 }), (given, usersPerMessage) => {
        const batches = pack(
          given.map((group, input) => ({ ...user(input % 3, '', group), input })),
          usersPerMessage,
        );
        for (const { body, groupId } of batches.flatMap(({ messages }) => messages)) {
          const reading = holdToGroup(read(body), groupId);
          expect(reading.kind === 'users' && reading.users.every(({ kind }) => kind === 'valid')).toBe(true);
        }
      }),
    );
  });

  test('puts each user into exactly one message, tells of everything in its order, and keeps within all limits', () => {
    fc.assert(
      fc.property(anyDrafts, fc.integer({ min: 1, max: 20 }), (given, usersPerMessage) => {
        const batches = pack(given, usersPerMessage);
        expect(batches.flatMap(({ inputs }) => inputs.map(({ input }) => input))).toEqual(
          given.map((_, input) => input),
        );
        for (const { messages, inputs } of batches) {
          expect(messages.length).toBeLessThanOrEqual(10);
          expect(messages.reduce((bytes, { body }) => bytes + Buffer.byteLength(body), 0)).toBeLessThanOrEqual(MIB);
          const groups = messages.flatMap(({ groupId }) => groupId ?? []);
          expect(new Set(groups).size).toBe(groups.length);
          for (const [index, message] of messages.entries()) {
            const packed = inputs.filter((each) => each.kind === 'packed' && each.message === index);
            expect(usersIn(message.body)).toEqual(packed.map(({ input }) => `user-${input}`));
            expect(packed.length).toBeLessThanOrEqual(usersPerMessage);
            for (const { input } of packed) {
              expect(given[input]).toMatchObject({ kind: 'user', groupId: message.groupId });
            }
          }
        }
        for (const each of batches.flatMap(({ inputs }) => inputs)) {
          if (each.kind === 'refused' && given[each.input]!.kind === 'user')
            expect(each.reason.code).toBe('MessageTooLong');
        }
      }),
      runs(150),
    );
  }, 60_000);

  test('fills messages and batches', () => {
    const batches = pack(
      Array.from({ length: 125 }, (_, input) => user(input)),
      10,
    );
    expect(batches.map(({ messages }) => messages.map(({ body }) => usersIn(body).length))).toEqual([
      Array(10).fill(10),
      [10, 10, 5],
    ]);
  });

  test('writes a single user without an envelope', () => {
    expect(pack([user(1)], 10)[0]!.messages[0]!.body).toBe('{"userId":"user-1","properties":{"text":""}}');
  });

  test('takes a user that fills a message to the last byte, and refuses one that is a byte larger', () => {
    const overhead = Buffer.byteLength('{"userId":"user-0","properties":{"text":""}}');
    const [fits] = pack([user(0, 'x'.repeat(MIB - overhead))], 10);
    expect(Buffer.byteLength(fits!.messages[0]!.body)).toBe(MIB);
    const [large] = pack([user(0, 'x'.repeat(MIB - overhead + 1))], 10);
    expect(large).toMatchObject({ messages: [], inputs: [{ kind: 'refused', reason: { code: 'MessageTooLong' } }] });
  });

  describe('counts the bytes that SQS counts, of all messages of a batch,', () => {
    const overhead = Buffer.byteLength('{"userId":"user-0","properties":{"text":""}}');
    /** Users whose texts, envelope and commas apart, have so many bytes in all. */
    const usersOfBytes = (howMany: number, bytes: number) => {
      const each = Math.floor(bytes / howMany);
      return Array.from({ length: howMany }, (_, input) => {
        const size = input === 0 ? bytes - each * (howMany - 1) : each;
        return user(input, 'x'.repeat(size - overhead));
      });
    };
    const usersOfMessages = (batches: readonly Batch<number>[]) =>
      batches.map(({ messages }) => messages.map(({ body }) => usersIn(body).length));

    test.each([2, 3])('and fills one of %i users to the last byte', (howMany) => {
      const envelope = Buffer.byteLength('{"users":[]}') + (howMany - 1);
      const full = pack(usersOfBytes(howMany, MIB - envelope), 10);
      expect(Buffer.byteLength(full[0]!.messages[0]!.body)).toBe(MIB);
      expect(usersOfMessages(full)).toEqual([[howMany]]);
      // A byte more, and the last user is a message of its own. That has no envelope, so that it still fits into the batch.
      expect(usersOfMessages(pack(usersOfBytes(howMany, MIB - envelope + 1), 10))).toEqual([[howMany - 1, 1]]);
    });

    test('and fills a batch of messages to the last byte', () => {
      expect(usersOfMessages(pack(usersOfBytes(2, MIB), 1))).toEqual([[1, 1]]);
      expect(usersOfMessages(pack(usersOfBytes(2, MIB + 1), 1))).toEqual([[1], [1]]);
    });
  });

  test('gives each message group a message of its own, and begins a batch when one comes again', () => {
    const batches = pack([user(0, '', 'a'), user(1, '', 'b'), user(2, '', 'c'), user(3, '', 'a')], 10);
    expect(batches.map(({ messages }) => messages.map(({ groupId }) => groupId))).toEqual([['a', 'b', 'c'], ['a']]);
  });

  test('says why a user is too large for any message', () => {
    const [batch] = pack([user(0, 'x'.repeat(MIB))], 10);
    expect(batch!.inputs).toEqual([
      {
        kind: 'refused',
        input: 0,
        reason: {
          code: 'MessageTooLong',
          message: 'the user, written as a message, has more than 1048576 bytes, the most that SQS takes',
        },
      },
    ]);
  });

  test('hands on what is refused before it takes much memory', () => {
    const many = pack(
      Array.from({ length: 2_500 }, (_, input) => refused(input)),
      1,
    );
    expect(many.map(({ inputs }) => inputs.length)).toEqual([1_000, 1_000, 500]);
    const large = pack([refused(0, MIB / 2), refused(1, MIB / 2), refused(2)], 1);
    expect(large.map(({ inputs }) => inputs.length)).toEqual([2, 1]);
  });
});

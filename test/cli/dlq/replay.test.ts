import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { createEditor } from '../../../cli/dlq/edit.ts';
import { type ReplayOptions, replayLetters } from '../../../cli/dlq/replay.ts';
import { createMessageReader } from '../../../contract/message/read-message.ts';
import { runs } from '../../support/property-runs.ts';
import { type LetterQueues, letters, startLetterQueues } from '../support/letter-queues.ts';

jest.setTimeout(60_000);

const FAST = 1_000_000;

describe('a replay letter by letter', () => {
  let queues: LetterQueues;
  afterEach(() => queues.stop());

  function replay(options: Partial<ReplayOptions> = {}) {
    const { deadLetters: from, users: to } = queues;
    return replayLetters({ from, to, perSecond: FAST, startedAt: Date.now() + 1000, ...options });
  }

  function editBy(command: string): ReplayOptions['edit'] {
    return { editBody: createEditor(command), readMessage: createMessageReader({ maxPropertiesLength: 4096 }) };
  }

  test("sends each body as it stands, with the producer's attributes and no others", async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(35));
    expect(await replay()).toMatchObject({ replayed: 35, stayed: [], notSelected: 0 });
    expect(queues.lettersDepth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    const users = await queues.takeUsers();
    expect(users.map(({ body }) => body).toSorted()).toEqual(
      letters(35)
        .map(({ body }) => body)
        .toSorted(),
    );
    for (const { attributes } of users) expect(attributes).toEqual({ Origin: 'test' });
  });

  test('gives what it sends one source, whatever the letters had', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(12));
    const to = { sqs: queues.client, url: queues.users.url, fifo: false, source: 'replay-1' };
    expect(await replay({ to })).toMatchObject({ replayed: 12 });
    expect(new Set((await queues.takeUsers()).map(({ messageGroupId }) => messageGroupId))).toEqual(
      new Set(['replay-1']),
    );
  });

  test('takes letters of the selected codes and times only, as many as the limit lets it', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(20));
    await queues.putLetters(letters(20, { errorCode: 'MessageContractViolation' }));
    await queues.putLetters(letters(5, { errorCode: null }));
    expect(await replay({ since: Date.now() + 500 })).toMatchObject({ replayed: 0, notSelected: 45 });
    expect(await replay({ errorCodes: ['none'] })).toMatchObject({ replayed: 5, notSelected: 40 });
    expect(await replay({ errorCodes: ['MessageContractViolation'], limit: 7 })).toMatchObject({ replayed: 7 });
    expect(queues.usersDepth().visible).toBe(12);
    expect(queues.lettersDepth()).toEqual({ visible: 33, inFlight: 0, delayed: 0 });
    const left = await queues.takeLetters();
    expect(left.filter(({ attributes }) => attributes.ErrorCode === 'InvalidInputException')).toHaveLength(20);
  });

  test('leaves letters that came after it began, so that it does not go round and round', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(12));
    const result = await replay({ startedAt: Date.now() - 60_000 });
    expect(result).toMatchObject({ replayed: 0, arrivedMeanwhile: 12 });
    expect(queues.lettersDepth().visible).toBe(12);
    expect(queues.usersDepth().visible).toBe(0);
  });

  test('only counts in a dry run', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(12));
    expect(await replay({ dryRun: true, edit: editBy('cat') })).toMatchObject({ replayed: 12 });
    expect(queues.lettersDepth()).toEqual({ visible: 12, inFlight: 0, delayed: 0 });
    expect(queues.usersDepth().visible).toBe(0);
  });

  test('repairs bodies, and leaves those that the command fails on or that break the contract, with reasons', async () => {
    queues = await startLetterQueues();
    await queues.putLetters([
      { body: '{"userId":"good","properties":{"age":"7"}}' },
      { body: '{"userId":"bad","properties":{"age":{}}}' },
      { body: 'crash' },
    ]);
    const edit = editBy(`read -r body; [ "$body" = crash ] && { echo no >&2; exit 3; }; echo "$body" | sed 's/"7"/7/'`);
    const result = await replay({ edit });
    expect(result.replayed).toBe(1);
    expect(result.stayed.toSorted((a, b) => a.reason.localeCompare(b.reason))).toEqual([
      { reason: 'the command exited with 3: no', count: 1 },
      {
        reason: 'the edited body breaks the contract: properties.age: nested objects are not allowed',
        count: 1,
      },
    ]);
    expect((await queues.takeUsers()).map(({ body }) => body)).toEqual(['{"userId":"good","properties":{"age":7}}']);
    expect((await queues.takeLetters()).map(({ body }) => body).toSorted()).toEqual([
      'crash',
      '{"userId":"bad","properties":{"age":{}}}',
    ]);
  });

  test('leaves a letter of which not every packed user keeps the contract', async () => {
    queues = await startLetterQueues();
    await queues.putLetters([{ body: '{"users":[{"userId":"a"},{"userId":""}]}' }]);
    expect(await replay({ edit: editBy('cat') })).toMatchObject({
      replayed: 0,
      stayed: [{ reason: 'the edited body breaks the contract: users[1].userId: must not be empty', count: 1 }],
    });
    expect(queues.lettersDepth().visible).toBe(1);
  });

  test('loses nothing while calls are refused, replies are lost and entries fail', async () => {
    queues = await startLetterQueues();
    const all = letters(200);
    await queues.putLetters(all);
    const { deadLetters, users } = queues;
    queues.sqs.setFaults(
      [
        { action: 'SendMessageBatch', queueUrl: users.url, refused: 0.1, replyDropped: 0.1, entriesFailed: 0.3 },
        {
          action: 'DeleteMessageBatch',
          queueUrl: deadLetters.url,
          refused: 0.1,
          replyDropped: 0.1,
          entriesFailed: 0.3,
        },
      ],
      11,
    );
    const result = await replay().catch((error: Error) => error);
    expect(queues.sqs.faultCounts()).toMatchObject({
      refused: expect.any(Number),
      repliesDropped: expect.any(Number),
      failedEntries: expect.any(Number),
    });
    expect(queues.sqs.faultCounts().repliesDropped).toBeGreaterThan(3);
    queues.sqs.setFaults([], 1);
    expect(queues.lettersDepth().inFlight).toBe(0);

    const sent = new Set((await queues.takeUsers()).map(({ body }) => body));
    const left = new Set((await queues.takeLetters()).map(({ body }) => body));
    for (const { body } of all) expect(sent.has(body) || left.has(body)).toBe(true);
    if (!(result instanceof Error)) {
      const stayed = result.stayed.reduce((total, { count }) => total + count, 0);
      expect(result.replayed + stayed).toBe(200);
      expect(left.size).toBeGreaterThanOrEqual(stayed);
      // A deletion whose reply was lost may have happened.
      expect(left.size).toBeLessThanOrEqual(stayed + result.visit.notRemoved);
    }
  });

  test('does not send a letter again that it has sent and could not delete', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(10));
    queues.sqs.setFaults([{ action: 'DeleteMessageBatch', entriesFailed: 1 }], 3);
    const result = await replay();
    expect(result).toMatchObject({ replayed: 10, visit: { removed: 0, notRemoved: 10 } });
    expect(queues.usersDepth().visible).toBe(10);
    expect(queues.lettersDepth()).toEqual({ visible: 10, inFlight: 0, delayed: 0 });
  });

  test('stops at the first call that fails as a whole, with no letter hidden', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(50));
    queues.sqs.setFaults([{ action: 'SendMessageBatch', refused: 1 }], 3);
    await expect(replay()).rejects.toThrow('A fault on purpose');
    expect(queues.lettersDepth()).toEqual({ visible: 50, inFlight: 0, delayed: 0 });
  });

  test('keeps the order of a message group, and goes all the way through it', async () => {
    queues = await startLetterQueues({ fifo: true });
    const inGroup = (group: string) =>
      Array.from({ length: 25 }, (_, index) => ({ body: `{"userId":"${group}-${index}"}`, messageGroupId: group }));
    await queues.putLetters([...inGroup('a'), ...inGroup('b')]);
    expect(await replay()).toMatchObject({ replayed: 50, visit: { unseen: 0 } });
    const users = await queues.takeUsers();
    for (const group of ['a', 'b']) {
      const bodies = users.filter(({ messageGroupId }) => messageGroupId === group).map(({ body }) => body);
      expect(bodies).toEqual(
        inGroup(group)
          .map(({ body }) => body)
          .slice(0, bodies.length),
      );
    }
    expect(queues.usersDepth().visible + users.length).toBe(50);
  });

  test('holds back the rest of a message group when one of its letters is not taken', async () => {
    queues = await startLetterQueues({ fifo: true });
    await queues.putLetters(letters(5, { messageGroupId: 'a' }));
    queues.sqs.setFaults([{ action: 'SendMessageBatch', entriesFailed: 1 }], 3);
    const result = await replay();
    expect(result).toMatchObject({
      replayed: 0,
      stayed: [
        { reason: 'behind a letter of its message group that could not be sent', count: 4 },
        { reason: 'the users queue did not take it: InternalError', count: 1 },
      ],
    });
    expect(queues.lettersDepth()).toEqual({ visible: 5, inFlight: 0, delayed: 0 });
  });

  test('repeats no letter of a FIFO queue that an earlier run has sent and not deleted', async () => {
    queues = await startLetterQueues({ fifo: true });
    await queues.putLetters(letters(5, { messageGroupId: 'a' }));
    queues.sqs.setFaults([{ action: 'DeleteMessageBatch', entriesFailed: 1 }], 3);
    await replay();
    queues.sqs.setFaults([], 3);
    await replay();
    expect(queues.usersDepth().visible).toBe(5);
    expect(queues.lettersDepth().visible).toBe(0);
  });

  describe('of a FIFO queue, when a letter stays', () => {
    const numbered = (group: string, ...codes: readonly string[]) =>
      codes.map((errorCode, index) => ({
        body: `{"userId":"${group}${index + 1}"}`,
        errorCode,
        messageGroupId: group,
      }));
    const idsOf = (some: readonly { readonly body: string }[]) =>
      some.map(({ body }) => JSON.parse(body).userId as string).toSorted();

    async function check(sent: readonly string[], stay: readonly string[]): Promise<void> {
      expect(queues.lettersDepth().inFlight).toBe(0);
      const { users, letters: left } = await queues.allBodies();
      expect(idsOf(users.map((body) => ({ body })))).toEqual(sent);
      expect(idsOf(left.map((body) => ({ body })))).toEqual(stay);
    }

    test('because its edit fails, what is behind it in its group waits', async () => {
      queues = await startLetterQueues({ fifo: true });
      await queues.putLetters([...numbered('a', 'X', 'X', 'X', 'X'), ...numbered('b', 'X', 'X')]);
      const result = await replay({ edit: editBy(`read -r body; case "$body" in *a2*) exit 3;; esac; echo "$body"`) });
      expect(result).toMatchObject({
        replayed: 3,
        waiting: 2,
        stayed: [
          { reason: 'behind a letter of its message group that could not be edited', count: 2 },
          { reason: 'the command exited with 3', count: 1 },
        ],
      });
      await check(['a1', 'b1', 'b2'], ['a2', 'a3', 'a4']);
    });

    test('because it was not selected, what is behind it waits, in a dry run too', async () => {
      queues = await startLetterQueues({ fifo: true });
      await queues.putLetters([
        ...numbered('a', 'X', 'Y', 'X', 'X'),
        ...numbered('b', 'Y', 'X'),
        ...numbered('c', 'X'),
      ]);
      const expected = {
        replayed: 2,
        waiting: 3,
        notSelected: 2,
        stayed: [{ reason: 'behind a letter of its message group that was not selected', count: 3 }],
      };
      expect(await replay({ errorCodes: ['X'], dryRun: true })).toMatchObject(expected);
      expect(await replay({ errorCodes: ['X'] })).toMatchObject(expected);
      await check(['a1', 'c1'], ['a2', 'a3', 'a4', 'b1', 'b2']);
    });

    test('because it was sent and could not be deleted, what is behind it waits, and nothing is overtaken', async () => {
      queues = await startLetterQueues({ fifo: true });
      await queues.putLetters(numbered('a', 'X', 'X', 'X'));
      queues.sqs.setFaults([{ action: 'DeleteMessageBatch', entriesFailed: 1 }], 3);
      expect(await replay()).toMatchObject({
        replayed: 1,
        waiting: 2,
        stayed: [{ reason: 'behind a letter of its message group that was sent and could not be deleted', count: 2 }],
      });
      await check(['a1'], ['a1', 'a2', 'a3']);
    });

    test('because it came meanwhile or the limit is reached, nothing overtakes it', async () => {
      queues = await startLetterQueues({ fifo: true });
      await queues.putLetters([...numbered('a', 'X', 'X', 'X'), ...numbered('b', 'X', 'X', 'X')]);
      expect(await replay({ startedAt: Date.now() - 60_000 })).toMatchObject({ replayed: 0, arrivedMeanwhile: 6 });
      expect(await replay({ limit: 4 })).toMatchObject({ replayed: 4 });
      const left = (await queues.allBodies()).letters.map((body) => JSON.parse(body).userId as string);
      for (const group of ['a', 'b']) {
        const ofGroup = left.filter((id) => id.startsWith(group));
        expect(ofGroup).toEqual([1, 2, 3].map((n) => `${group}${n}`).slice(3 - ofGroup.length));
      }
    });

    test('because somebody else holds it, what is behind it waits', async () => {
      queues = await startLetterQueues({ fifo: true });
      await queues.putLetters([...numbered('a', 'X', 'X'), ...numbered('b', 'X', 'X')]);
      await queues.client.send(new ReceiveMessageCommand({ QueueUrl: queues.deadLetters.url, MaxNumberOfMessages: 1 }));
      expect(await replay()).toMatchObject({ replayed: 2, visit: { hiddenByOthers: 1, unseen: 1 } });
      const { users } = await queues.allBodies();
      expect(idsOf(users.map((body) => ({ body })))).toEqual(['b1', 'b2']);
    });

    test('for whatever reason and however often: groups are replayed from their front, and the newest letter last', async () => {
      const code = fc.constantFrom('X', 'X', 'X', 'Y');
      const group = fc.array(fc.record({ code, crashes: fc.integer({ min: 0, max: 5 }) }), {
        minLength: 1,
        maxLength: 6,
      });
      const run = fc.record({
        selects: fc.boolean(),
        edits: fc.boolean(),
        limit: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
        fails: fc.constantFrom('SendMessageBatch', 'DeleteMessageBatch', 'nothing'),
      });
      const check = async (groups: Group[], replays: Run[], seed: number) => {
        queues = await startLetterQueues({ fifo: true });
        const all = groups.map((some, name) =>
          some.map(({ code: errorCode, crashes }, n) => ({
            body: JSON.stringify({ userId: `g${name}`, properties: { n, fails: crashes === 0 } }),
            errorCode,
            messageGroupId: `g${name}`,
          })),
        );
        await queues.putLetters(all.flat());
        const edit = {
          editBody: editUnless('"fails":true'),
          readMessage: createMessageReader({ maxPropertiesLength: 99 }),
        };
        for (const { selects, edits, limit, fails } of replays) {
          queues.sqs.setFaults([{ action: fails, entriesFailed: 0.3 }], seed);
          await replay({ limit, ...(selects && { errorCodes: ['X'] }), ...(edits && { edit }) });
          await checkGroups(all);
        }
        queues.sqs.setFaults([], 0);
        await replay();
        await checkGroups(all);
        expect((await queues.allBodies()).letters).toEqual([]);
        await queues.stop();
      };
      await fc.assert(
        fc.asyncProperty(
          fc.array(group, { minLength: 3, maxLength: 12 }),
          fc.array(run, { maxLength: 3 }),
          fc.nat(),
          check,
        ),
        { ...runs(2), endOnFailure: true },
      );
      queues = await startLetterQueues();
    });

    type Group = readonly { readonly code: string; readonly crashes: number }[];
    interface Run {
      readonly selects: boolean;
      readonly edits: boolean;
      readonly limit: number | undefined;
      readonly fails: string;
    }

    function editUnless(text: string): NonNullable<ReplayOptions['edit']>['editBody'] {
      return async (body) => (body.includes(text) ? { kind: 'failed', reason: 'no' } : { kind: 'edited', body });
    }

    /** Of each group the first letters are sent, each once and in order; what is left begins with the last of those at most. */
    async function checkGroups(
      groups: readonly (readonly { readonly body: string; readonly messageGroupId: string }[])[],
    ) {
      const { users, letters: left } = await queues.allBodies();
      for (const group of groups) {
        const bodies = group.map(({ body }) => body);
        const sent = users.filter((body) => bodies.includes(body));
        const stays = left.filter((body) => bodies.includes(body));
        expect(sent).toEqual(bodies.slice(0, sent.length));
        expect(stays).toEqual(bodies.slice(bodies.length - stays.length));
        expect(sent.length + stays.length - bodies.length).toBeGreaterThanOrEqual(0);
        expect(sent.length + stays.length - bodies.length).toBeLessThanOrEqual(1);
      }
    }
  });
});

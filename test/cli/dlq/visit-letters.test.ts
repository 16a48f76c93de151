import { ChangeMessageVisibilityBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Letter } from '../../../aws/sqs/letter.ts';
import { visitLetters } from '../../../cli/dlq/visit-letters.ts';
import { until } from '../../support/world.ts';
import { type LetterQueues, letters, startLetterQueues } from '../support/letter-queues.ts';

describe('a visit of the dead-letter queue', () => {
  let queues: LetterQueues;
  afterEach(() => queues.stop());

  test('sees each letter once, and leaves all of them visible', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(137));
    const seen: string[] = [];
    const visit = await visitLetters(queues.deadLetters, { handle: (some) => void seen.push(...some.map(bodyOf)) });
    expect(seen.toSorted()).toEqual(letters(137).map(bodyOf).toSorted());
    expect(visit).toMatchObject({ seen: 137, removed: 0, unseen: 0, end: 'through', stillHidden: 0 });
    expect(queues.lettersDepth()).toEqual({ visible: 137, inFlight: 0, delayed: 0 });
  });

  test('removes what it is told to, and gives back the rest', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(40));
    const visit = await visitLetters(queues.deadLetters, {
      handle: (some, remove) => remove(some.filter(({ body }) => body.includes('1'))),
    });
    expect(visit).toMatchObject({ seen: 40, removed: 13, notRemoved: 0 });
    expect(queues.lettersDepth()).toEqual({ visible: 27, inFlight: 0, delayed: 0 });
  });

  test('keeps hidden what it holds, for as long as it lasts', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(20));
    let renewals = 0;
    queues.client.middlewareStack.add(
      (next) => (args) => {
        if (JSON.stringify(args.input).includes('"VisibilityTimeout":1') && 'Entries' in args.input) renewals++;
        return next(args);
      },
      { step: 'initialize' },
    );
    const visit = await visitLetters(queues.deadLetters, {
      hiddenInSeconds: 1,
      receivers: 1,
      handle: async () => {
        const before = renewals;
        // A second and more: twice for each half of it.
        await until(() => renewals >= before + 4);
        expect(queues.lettersDepth().inFlight).toBeGreaterThanOrEqual(10);
      },
    });
    expect(visit).toMatchObject({ seen: 20, end: 'through' });
    expect(queues.lettersDepth()).toEqual({ visible: 20, inFlight: 0, delayed: 0 });
  });

  test('does not handle a letter twice that comes round again, and removes it by its newest receipt', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(10));
    const first: Letter[] = [];
    const visit = await visitLetters(queues.deadLetters, {
      receivers: 1,
      isEnough: () => false,
      handle: async (some, remove) => {
        if (first.length === 0) {
          first.push(...some);
          await makeVisible(queues, some);
          await queues.putLetters(letters(1, { body: 'last' }));
        } else {
          expect(some.map(bodyOf)).toEqual(['last']);
          await remove(first);
        }
      },
    });
    expect(visit).toMatchObject({ seen: 11, removed: 10, notRemoved: 0 });
    expect(queues.lettersDepth()).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
  });

  test('gives all letters back when what is done with them fails', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(30));
    const visit = visitLetters(queues.deadLetters, {
      handle: () => {
        throw new Error('on purpose');
      },
    });
    await expect(visit).rejects.toThrow('on purpose');
    expect(queues.lettersDepth()).toEqual({ visible: 30, inFlight: 0, delayed: 0 });
  });

  test('ends when it is interrupted, and gives back what it holds', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(300));
    const interruption = new AbortController();
    const visit = await visitLetters(queues.deadLetters, {
      handle: () => interruption.abort(),
      signal: interruption.signal,
      receivers: 2,
    });
    expect(visit).toMatchObject({ end: 'interrupted' });
    expect(visit.seen).toBeLessThanOrEqual(20);
    expect(queues.lettersDepth()).toEqual({ visible: 300, inFlight: 0, delayed: 0 });
  });

  test('holds no more than it may, and tells how many it has not seen', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(100));
    const visit = await visitLetters(queues.deadLetters, { handle: () => {}, mostHeld: 30, receivers: 1 });
    expect(visit).toMatchObject({ seen: 30, end: 'tooManyHeld', unseen: 70 });
    expect(queues.lettersDepth().visible).toBe(100);
  });

  test('tells of letters that somebody else has received', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(20));
    let inner: { hiddenByOthers: number } | undefined;
    await visitLetters(queues.deadLetters, {
      receivers: 1,
      handle: async () => {
        inner ??= await visitLetters(queues.deadLetters, { handle: () => {} });
      },
    });
    expect(inner).toMatchObject({ hiddenByOthers: 10, seen: 10 });
    expect(queues.lettersDepth().visible).toBe(20);
  });

  test('does not count as hidden what came back and was seen', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(20));
    const { Messages = [] } = await queues.client.send(
      new ReceiveMessageCommand({ QueueUrl: queues.deadLetters.url, MaxNumberOfMessages: 10 }),
    );
    let isGivenBack = false;
    const visit = await visitLetters(queues.deadLetters, {
      receivers: 1,
      handle: async () => {
        if (isGivenBack) return;
        isGivenBack = true;
        const Entries = Messages.slice(0, 7).map(({ ReceiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle,
          VisibilityTimeout: 0,
        }));
        await queues.client.send(
          new ChangeMessageVisibilityBatchCommand({ QueueUrl: queues.deadLetters.url, Entries }),
        );
      },
    });
    expect(visit).toMatchObject({ seen: 17, hiddenByOthers: 3, unseen: 0 });
  });

  test('says that letters are missing when the reply with them is lost', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(10));
    queues.sqs.setFaults([{ action: 'ReceiveMessage', replyDropped: 1 }], 1);
    let receives = 0;
    queues.client.middlewareStack.add(
      (next) => (args) => {
        // The first reply is lost; the client repeats the call by itself.
        if ('MaxNumberOfMessages' in args.input && ++receives > 1) queues.sqs.setFaults([], 1);
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    const visit = await visitLetters(queues.deadLetters, { handle: () => {}, receivers: 1 });
    expect(visit).toMatchObject({ seen: 0, unseen: 10, end: 'through' });
  });

  test('shows ten letters of a message group, and tells how many stand behind them', async () => {
    queues = await startLetterQueues({ fifo: true });
    await queues.putLetters([...letters(25, { messageGroupId: 'a' }), ...letters(3, { messageGroupId: 'b' })]);
    const groups: (string | undefined)[] = [];
    const visit = await visitLetters(queues.deadLetters, {
      handle: (some) => void groups.push(...some.map(({ messageGroupId }) => messageGroupId)),
    });
    expect(visit.seen + visit.unseen).toBe(28);
    expect(visit.unseen).toBeGreaterThanOrEqual(15);
    expect(groups).toContain('b');
    expect(queues.lettersDepth()).toEqual({ visible: 28, inFlight: 0, delayed: 0 });
  });

  test('removes single letters again that SQS did not delete', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(50));
    queues.sqs.setFaults([{ action: 'DeleteMessageBatch', entriesFailed: 0.3 }], 7);
    const visit = await visitLetters(queues.deadLetters, { handle: (some, remove) => remove(some) });
    expect(queues.sqs.faultCounts().failedEntries).toBeGreaterThan(5);
    expect(visit.removed).toBeGreaterThan(45);
    expect(visit.removed + visit.notRemoved).toBe(50);
    expect(queues.lettersDepth()).toEqual({ visible: visit.notRemoved, inFlight: 0, delayed: 0 });
  });
});

async function makeVisible({ client, deadLetters }: LetterQueues, some: readonly Letter[]): Promise<void> {
  const Entries = some.map(({ receiptHandle }, index) => {
    return { Id: String(index), ReceiptHandle: receiptHandle, VisibilityTimeout: 0 };
  });
  await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: deadLetters.url, Entries }));
}

function bodyOf({ body }: Pick<Letter, 'body'>): string {
  return body;
}

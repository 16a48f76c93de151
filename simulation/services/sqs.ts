/** SQS's API over the model's queues: JSON in, JSON out, as the SDK speaks it. */

import { ENTRIES_PER_SQS_BATCH, MAX_MESSAGE_BYTES } from '../../aws/sqs/limits.ts';
import type { Faults } from '../faults.ts';
import type { Invocation } from '../ledger.ts';
import type { Machine } from '../machine/machine.ts';
import type { SimulatedResponse } from '../machine/platform.ts';
import type { Timeline } from '../machine/timeline.ts';
import { md5, type NewMessage, type Queue, type QueuedMessage, SqsError, sizeOf, type WireAttribute } from './queue.ts';

export interface SqsOptions {
  /** By their URLs. */
  readonly queues: ReadonlyMap<string, Queue>;
  readonly timeline: Timeline;
  readonly faults: Faults;
  readonly aws: Machine;
}

type Input = Readonly<Record<string, unknown>>;

/** Who sends a request, and what it works on when it does. */
export interface Sender {
  readonly machine: Machine;
  readonly invocation: Invocation | undefined;
}

export interface Sqs {
  /** Does what a request asks for, and answers it. */
  answer(target: string, body: string, from: Sender): Promise<SimulatedResponse>;
  /** Whose request is being done. */
  readonly sender: Sender;
  /** Moves what is in one queue now to another, as the console's redrive does. */
  startMove(from: Queue, to: Queue, perSecond: number): void;
}

interface Entry {
  readonly Id: string;
}

export function createSqs({ queues, timeline, faults, aws }: SqsOptions): Sqs {
  const queueOf = (input: Input): Queue => {
    const queue = queues.get(String(input.QueueUrl));
    if (!queue) throw new SqsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  };
  const sleep = (milliseconds: number) => new Promise<void>((resolve) => timeline.schedule(aws, milliseconds, resolve));

  /** Does each entry by itself: one can fail while the others are done. */
  const batch = <E extends Entry>(input: Input, where: string, act: (entry: E) => object) => {
    const entries = input.Entries as readonly E[];
    if (entries.length === 0) throw new SqsError('EmptyBatchRequest', 'There should be at least one entry.');
    if (entries.length > ENTRIES_PER_SQS_BATCH) throw new SqsError('TooManyEntriesInBatchRequest', 'At most 10.');
    if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
      throw new SqsError('BatchEntryIdsNotDistinct', 'Id repeated.');
    const Successful: object[] = [];
    const Failed: object[] = [];
    for (const entry of entries) {
      const failure = { Id: entry.Id, Code: 'InternalError', SenderFault: false };
      if (faults.happens('sqs.entryFails', where)) {
        Failed.push(failure);
        continue;
      }
      try {
        const done = { Id: entry.Id, ...act(entry) };
        if (faults.happens('sqs.entryFailsDone', where)) Failed.push(failure);
        else Successful.push(done);
      } catch (error) {
        if (!(error instanceof SqsError)) throw error;
        Failed.push({ Id: entry.Id, Code: error.name, Message: error.message, SenderFault: true });
      }
    }
    return { ...(Successful.length > 0 && { Successful }), ...(Failed.length > 0 && { Failed }) };
  };

  const send = (queue: Queue, entry: Input) => {
    const message = newMessage(entry);
    const { id, sequence } = queue.send(timeline.now(), message);
    return {
      MessageId: id,
      MD5OfMessageBody: md5(message.body),
      ...(queue.fifo && { SequenceNumber: String(sequence).padStart(20, '0') }),
    };
  };

  const receive = async (input: Input) => {
    const queue = queueOf(input);
    const until = timeline.now() + Number(input.WaitTimeSeconds ?? 0) * 1000;
    for (;;) {
      const now = timeline.now();
      const received = queue.receive(
        now,
        Number(input.MaxNumberOfMessages ?? 1),
        input.VisibilityTimeout as number | undefined,
      );
      if (received.length > 0) return { Messages: received.map(toWire) };
      if (now >= until) return {};
      await sleep(Math.max(1, Math.min(until, queue.nextVisibleAt(now)) - now));
    }
  };

  const startMove = (from: Queue, to: Queue, perSecond: number) => {
    // No more than were there: letters that are refused again would be moved for ever. What SQS does about them is not known.
    let left = [...from.messages()].length;
    const moveNext = () => {
      const now = timeline.now();
      const next = left-- > 0 && [...from.messages()].find(({ visibleAt }) => visibleAt <= now);
      if (!next) return;
      from.remove(now, next);
      to.takeOver(now, next, undefined);
      timeline.schedule(aws, 1000 / perSecond, moveNext);
    };
    timeline.schedule(aws, 100, moveNext);
  };

  const actions: Readonly<Record<string, (input: Input) => object | Promise<object>>> = {
    SendMessage: (input) => send(queueOf(input), input),
    SendMessageBatch: (input) => {
      const queue = queueOf(input);
      const bytes = (input.Entries as readonly Input[]).reduce((sum, entry) => sum + sizeOf(newMessage(entry)), 0);
      if (bytes > MAX_MESSAGE_BYTES)
        throw new SqsError('BatchRequestTooLong', 'Batch requests cannot be longer than 1048576 bytes.');
      return batch(input, `send to ${queue.name}`, (entry: Entry & Input) => send(queue, entry));
    },
    ReceiveMessage: receive,
    DeleteMessageBatch: (input) => {
      const queue = queueOf(input);
      return batch(input, `delete from ${queue.name}`, ({ ReceiptHandle }: Entry & Input) => {
        queue.delete(timeline.now(), String(ReceiptHandle));
        return {};
      });
    },
    ChangeMessageVisibilityBatch: (input) => {
      const queue = queueOf(input);
      return batch(
        input,
        `change visibility in ${queue.name}`,
        ({ ReceiptHandle, VisibilityTimeout }: Entry & Input) => {
          queue.changeVisibility(timeline.now(), String(ReceiptHandle), Number(VisibilityTimeout));
          return {};
        },
      );
    },
    GetQueueAttributes: (input) => {
      const { visible, hidden } = queueOf(input).depth(timeline.now());
      return {
        Attributes: {
          ApproximateNumberOfMessages: String(visible),
          ApproximateNumberOfMessagesNotVisible: String(hidden),
          ApproximateNumberOfMessagesDelayed: '0',
        },
      };
    },
  };

  let sender: Sender = { machine: aws, invocation: undefined };
  return {
    startMove,
    get sender() {
      return sender;
    },
    async answer(target, body, from) {
      sender = from;
      const action = actions[target.slice(target.indexOf('.') + 1)];
      if (!action) throw new Error(`The model of SQS has no ${target}.`);
      try {
        return reply(200, await action(JSON.parse(body)));
      } catch (error) {
        if (!(error instanceof SqsError)) throw error;
        return errorReply(error.name, 400, error.message);
      }
    },
  };
}

/** An answer of SQS that is an error. */
export function errorReply(name: string, statusCode: number, message: string): SimulatedResponse {
  return reply(statusCode, { __type: `com.amazonaws.sqs#${name}`, message });
}

function reply(statusCode: number, body: object): SimulatedResponse {
  return { statusCode, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(body) };
}

function newMessage(entry: Input): NewMessage {
  return {
    body: String(entry.MessageBody),
    attributes: entry.MessageAttributes as Record<string, WireAttribute> | undefined,
    groupId: entry.MessageGroupId as string | undefined,
    deduplicationId: entry.MessageDeduplicationId as string | undefined,
  };
}

/** A message as ReceiveMessage gives it. */
function toWire(message: QueuedMessage): object {
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    Body: message.body,
    MD5OfBody: md5(message.body),
    Attributes: systemAttributesOf(message),
    ...(message.attributes && { MessageAttributes: message.attributes }),
  };
}

/** SQS's own attributes of a message that was received. */
export function systemAttributesOf(message: QueuedMessage): Record<string, string> {
  return {
    ApproximateReceiveCount: String(message.receives),
    SentTimestamp: String(Math.floor(message.sentAt)),
    ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
    ...(message.deduplicationId !== undefined && {
      MessageDeduplicationId: message.deduplicationId,
      SequenceNumber: String(message.sequence).padStart(20, '0'),
    }),
    ...(message.movedFrom !== undefined && {
      DeadLetterQueueSourceArn: `arn:aws:sqs:eu-west-1:123456789012:${message.movedFrom}`,
    }),
  };
}

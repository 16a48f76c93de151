/** From what was read to what became of it: packed, sent in batches, several at a time, and told of in its own order. */
import { pMapIterable } from 'p-map';
import { newDeduplicationId } from '../aws/sqs/deduplication-id.ts';
import type { Reason } from '../contract/message/reason.ts';
import { type Batch, createPacker, type Draft, type OutgoingMessage, type PackingOptions } from './pack.ts';
import { type Entry, type MessageOutcome, type Sending, sendBatch } from './send-batch.ts';

/** What became of an input. */
export type Outcome<Input> =
  | { readonly kind: 'sent'; readonly input: Input; readonly messageId: string }
  | { readonly kind: 'refused'; readonly input: Input; readonly reason: Reason };

/** What became of the inputs of one batch, in their order. */
export interface SettledBatch<Input> {
  /** The messages that were sent. */
  readonly messages: number;
  readonly outcomes: readonly Outcome<Input>[];
}

export interface SettleOptions extends PackingOptions, Sending {
  /** Batches that are sent at a time. A FIFO queue has an order to keep, so that it takes 1. */
  readonly concurrency: number;
}

/** Batches that are being sent or wait for an earlier one, for each that is sent at a time. They bound the memory. */
const BACKPRESSURE = 2;

/**
 * Settles what it reads, and reads no further ahead than some batches.
 *
 * @param chunks - what was read, in its order
 * @returns what became of it, batch by batch, in the same order; once `signal` is aborted, of what is on its way only
 * @throws what reading throws, and what `sendBatch` throws, after all that came before was returned
 */
export function settle<Input>(
  chunks: AsyncIterable<readonly Draft<Input>[]>,
  options: SettleOptions,
): AsyncIterable<SettledBatch<Input>> {
  const { concurrency } = options;
  return pMapIterable(packed(chunks, options), (batch) => settleBatch(batch, options), {
    concurrency,
    backpressure: concurrency * BACKPRESSURE,
  });
}

async function* packed<Input>(
  chunks: AsyncIterable<readonly Draft<Input>[]>,
  { signal, ...packing }: PackingOptions & Pick<Sending, 'signal'>,
): AsyncGenerator<Batch<Input>> {
  const packer = createPacker<Input>(packing);
  for await (const chunk of chunks) {
    for (const draft of chunk) {
      const full = packer.add(draft);
      if (full) yield full;
      if (signal?.aborted) return;
    }
  }
  const rest = packer.end();
  if (rest) yield rest;
}

async function settleBatch<Input>(
  { messages, inputs }: Batch<Input>,
  options: SettleOptions,
): Promise<SettledBatch<Input>> {
  const settled = await sendBatch(
    messages.map((message) => toEntry(message, options)),
    options,
  );
  return {
    messages: settled.filter(({ kind }) => kind === 'sent').length,
    outcomes: inputs.map((each) => (each.kind === 'refused' ? each : outcomeOf(each.input, settled[each.message]!))),
  };
}

/**
 * Each message has an id of its own, which all attempts for it have. Who begins anew at an earlier place, after a crash say,
 * sends all from there again in its order, so that the newest record of a user is the last one again. Ids that lasted
 * would let SQS drop a part of it: what it still remembers, and what happens to be packed as it was. Then an older record
 * could be the last.
 */
function toEntry({ body, groupId }: OutgoingMessage, { source }: Pick<Sending, 'source'>): Entry {
  if (groupId === undefined) return { MessageBody: body, MessageGroupId: source };
  return { MessageBody: body, MessageGroupId: groupId, MessageDeduplicationId: newDeduplicationId() };
}

function outcomeOf<Input>(input: Input, outcome: MessageOutcome): Outcome<Input> {
  return { ...outcome, input };
}

/** Sends letters back to the users queue, each accounted for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs';
import { messageBytes, toSqsAttributes } from '../../aws/sqs/attribute.ts';
import { notStored, oneOfEachGroup, packBatches } from '../../aws/sqs/batches.ts';
import { deduplicationIdOf } from '../../aws/sqs/deduplication-id.ts';
import { type Letter, producerAttributes } from '../../aws/sqs/letter.ts';
import { MAX_ATTRIBUTES, MAX_MESSAGE_BYTES } from '../../aws/sqs/limits.ts';
import { withRecordVersion } from './record-age.ts';

/** A letter, and the body that it is sent with. */
export interface Replay {
  readonly letter: Letter;
  readonly body: string;
}

export interface SendFailure {
  readonly replay: Replay;
  /** Such as `InternalError`. */
  readonly code: string;
}

/** Where letters are sent to. */
export interface UsersQueue {
  readonly sqs: SQSClient;
  readonly url: string;
  readonly fifo: boolean;
  /** The source of what is sent, on a standard queue. A replay has one of its own, whatever its letters had. */
  readonly source?: string | undefined;
  /**
   * The order guard goes by how old records are: a letter that does not say it is as old as it is itself.
   * @default letters do not say it
   */
  readonly keepsVersions?: boolean | undefined;
}

/** The letters that one call sends: as many as fit into it; to a FIFO queue, one of each message group. */
export function packReplays(
  replays: readonly Replay[],
  fifo: boolean,
  keepsVersions = false,
): readonly (readonly Replay[])[] {
  const rounds = fifo ? oneOfEachGroup(replays, ({ letter }) => groupOf(letter)) : [replays];
  return rounds.flatMap((round) =>
    packBatches(round, (replay) => messageBytes(replay.body, attributesOf(replay, keepsVersions))),
  );
}

/** The message group that a letter has on a FIFO queue. */
export function groupOf({ messageGroupId, messageId }: Pick<Letter, 'messageGroupId' | 'messageId'>): string {
  return messageGroupId ?? messageId;
}

const ATTEMPTS = 3;
const PAUSE_IN_MILLISECONDS = 200;

/**
 * Sends one call's letters; entries that fail on SQS's side are sent again.
 *
 * @returns those that are not known to be stored
 * @throws what the client throws when the call as a whole fails
 */
export async function sendLetters(
  { sqs, url, fifo, source, keepsVersions }: UsersQueue,
  replays: readonly Replay[],
): Promise<readonly SendFailure[]> {
  let left: readonly SendFailure[] = replays.map((replay) => ({ replay, code: 'NotSent' }));
  for (let attempt = 1; left.length > 0 && attempt <= ATTEMPTS; attempt++) {
    if (attempt > 1) await sleep(PAUSE_IN_MILLISECONDS * attempt);
    const Entries = left.map(({ replay }, index) => toEntry(replay, index, { fifo, source, keepsVersions }));
    const reply = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    left = notStored(left, reply).map(({ item, code }) => ({ replay: item.replay, code }));
  }
  return left;
}

/** The producer's attributes, and how old the record is, as far as there is room. */
function attributesOf({ letter, body }: Replay, keepsVersions = false) {
  const attributes = producerAttributes(letter);
  if (!keepsVersions) return attributes;
  const all = withRecordVersion(attributes, letter);
  const fits = Object.keys(all).length <= MAX_ATTRIBUTES && messageBytes(body, all) <= MAX_MESSAGE_BYTES;
  return fits ? all : attributes;
}

function toEntry(
  replay: Replay,
  index: number,
  { fifo, source = replay.letter.messageGroupId, keepsVersions }: Pick<UsersQueue, 'fifo' | 'source' | 'keepsVersions'>,
): SendMessageBatchRequestEntry {
  const { letter, body } = replay;
  const entry: SendMessageBatchRequestEntry = {
    Id: String(index),
    MessageBody: body,
    MessageAttributes: toSqsAttributes(attributesOf(replay, keepsVersions)),
    ...(letter.traceHeader !== undefined && { MessageSystemAttributes: systemAttributes(letter.traceHeader) }),
  };
  if (!fifo) return source === undefined ? entry : { ...entry, MessageGroupId: source };
  return {
    ...entry,
    MessageGroupId: groupOf(letter),
    // Not the producer's own, which SQS may have seen within the last five minutes; and the same when the same letter is
    // replayed again, because it was sent and not deleted.
    MessageDeduplicationId: deduplicationIdOf({ kind: 'replay', letterId: letter.messageId, body }),
  };
}

/**
 * The one that SQS lets be set. A replay goes on with the trace of its letter: the user's way can be followed, and Lambda,
 * which counts its rounds by that header, can stop a program that replays what fails again and again. Source: SQS API
 * reference, SendMessageBatchRequestEntry; Lambda developer guide, recursive loop detection.
 */
function systemAttributes(traceHeader: string): SendMessageBatchRequestEntry['MessageSystemAttributes'] {
  return { AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } };
}

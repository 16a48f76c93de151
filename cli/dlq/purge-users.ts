/**
 * Deletes the dead letters of users that are to be erased, exported or not. A letter that holds other users, too, is replaced by one
 * without the erased ones: that is sent before the old one is deleted, so that being killed at any instant repeats letters at
 * most.
 */
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { toSqsAttributes } from '../../aws/sqs/attribute.ts';
import { type Letter, producerAttributes } from '../../aws/sqs/letter.ts';
import { MAX_ATTRIBUTES } from '../../aws/sqs/limits.ts';
import { belongingOf } from './letter-of-user.ts';
import { withRecordVersion } from './record-age.ts';
import { isSelected, type Selection } from './selection.ts';
import { type LetterQueue, type RemoveLetters, type Visit, visitLetters } from './visit-letters.ts';

export interface PurgeUsersOptions extends Selection {
  readonly from: LetterQueue;
  /** The ids. */
  readonly users: ReadonlySet<string>;
  /** Also deletes letters that name one of the users and cannot be read as users. @default false */
  readonly mentioned?: boolean | undefined;
  /** The order guard goes by how old records are: what is sent anew says it. @default false */
  readonly keepsVersions?: boolean | undefined;
  /** Deletes and sends nothing, but counts. @default false */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Is told how many letters are deleted so far. @default nobody */
  readonly onProgress?: (deleted: number) => void;
}

/** What a purge came to. */
export interface PurgeUsersResult {
  /** Letters that were deleted; in a dry run, those that would be. */
  readonly deleted: number;
  /** Of those, letters in whose place there is one with their other users. */
  readonly replaced: number;
  /** Ids of letters that hold one of the users and others, and stay as they are. */
  readonly shared: readonly string[];
  /** Ids of letters that name one of the users and cannot be read as users: they stay. */
  readonly unclear: readonly string[];
  readonly visit: Visit;
}

/** Purges. What it throws comes after all letters that were not deleted are visible again. */
export async function purgeUsers(options: PurgeUsersOptions): Promise<PurgeUsersResult> {
  const { from, users, mentioned, dryRun } = options;
  const shared: string[] = [];
  const unclear: string[] = [];
  let [chosen, replaced] = [0, 0];
  const handle = async (letters: readonly Letter[], remove: RemoveLetters) => {
    const toGo: Letter[] = [];
    for (const letter of letters.filter((each) => isSelected(each, options))) {
      const belonging = belongingOf(letter.body, users);
      if (belonging.kind === 'theirs' || (belonging.kind === 'unclear' && mentioned)) toGo.push(letter);
      else if (belonging.kind === 'unclear') unclear.push(letter.messageId);
      else if (belonging.kind === 'shared') {
        const attributes = attributesOf(letter, options);
        // At the end of its message group it would be replayed after what it stood before.
        if (from.fifo || !attributes) shared.push(letter.messageId);
        else {
          if (!dryRun) await send(from, letter, belonging.rest, attributes);
          replaced++;
          toGo.push(letter);
        }
      }
    }
    chosen += toGo.length;
    if (!dryRun) await remove(toGo);
    options.onProgress?.(chosen);
  };
  const visit = await visitLetters(from, { handle, signal: options.signal });
  return { deleted: dryRun ? chosen : visit.removed, replaced, shared, unclear, visit };
}

/** What SQS has moved had no reason; undefined when there is no room to say how old the record is. */
function attributesOf(letter: Letter, { keepsVersions }: PurgeUsersOptions): Letter['attributes'] | undefined {
  const attributes = letter.movedByQueue ? producerAttributes(letter) : letter.attributes;
  if (!keepsVersions) return attributes;
  const all = withRecordVersion(attributes, letter);
  // One that is there already took no more room.
  return all === attributes || Object.keys(all).length <= MAX_ATTRIBUTES ? all : undefined;
}

async function send(
  { sqs, url }: LetterQueue,
  letter: Letter,
  body: string,
  attributes: Letter['attributes'],
): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: url,
      MessageBody: body,
      MessageAttributes: toSqsAttributes(attributes),
      ...(letter.messageGroupId !== undefined && { MessageGroupId: letter.messageGroupId }),
    }),
  );
}

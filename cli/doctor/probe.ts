/**
 * Sends one user and one message that is no user through the pipeline, and follows both: until the metrics count a delivered
 * user, and until the dead-letter queue has the other, which is removed then.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Letter } from '../../aws/sqs/letter.ts';
import { reasonOf } from '../../aws/sqs/letter.ts';
import type { FieldType, UsersSchema } from '../../contract/dataset/users-schema.ts';
import type { UserRecord } from '../../contract/message/schema.ts';
import { writeUser } from '../../contract/message/write-message.ts';
import { visitLetters } from '../dlq/visit-letters.ts';
import type { Target } from '../target.ts';
import type { CountDelivered } from './count-delivered.ts';
import { type Finding, failed, findingOf } from './finding.ts';
import { judged, readingOf } from './reading.ts';

export interface ProbeOptions {
  readonly target: Target;
  /** PutUsers replaces this user. */
  readonly userId: string;
  readonly countDelivered: CountDelivered;
  readonly signal: AbortSignal;
  /** For how long each of the two is followed, in milliseconds. CloudWatch is some minutes behind. @default 5 minutes */
  readonly patience?: number;
  /** Is told what it waits for. @default nobody */
  readonly onWait?: (what: string) => void;
}

export const PROBED_USER = 'Probe: user';
export const PROBED_LETTER = 'Probe: dead letter';

const PATIENCE_IN_MILLISECONDS = 5 * 60_000;
/** Between two looks, in milliseconds. */
const PAUSE_IN_MILLISECONDS = 2_000;
/** The code of what breaks the message contract. */
const EXPECTED_CODE = 'MessageContractViolation';

/** Probes. Throws an interruption, after what was received is visible again. */
export async function probe(options: ProbeOptions): Promise<readonly Finding[]> {
  const { target, userId, countDelivered } = options;
  const broken = JSON.stringify({ probe: randomUUID() });
  const before = await readingOf(countDelivered());
  const sent = await readingOf(
    Promise.all([
      send(target, writeUser(userThatFits(userId, target.settings.datasetSchema)), userId),
      send(target, broken, randomUUID()),
    ]),
  );
  const gone = failed('The users queue is gone.', 'Deploy the stack again.');
  const notSent = judged(PROBED_USER, sent, gone, () => findingOf(PROBED_USER, [], 'Sent.'));
  if (sent.kind !== 'read') return [notSent];
  return [await followLetter(broken, options), await judgedAsync(before, (count) => followUser(count, options))];

  async function judgedAsync(reading: typeof before, follow: (count: number) => Promise<Finding>): Promise<Finding> {
    return reading.kind === 'read'
      ? follow(reading.value)
      : judged(PROBED_USER, reading, gone, () => findingOf(PROBED_USER, [], ''));
  }
}

/** A field that takes no null may be needed: it gets a value of its type. Others are left out. */
export function userThatFits(userId: string, schema: UsersSchema | undefined): UserRecord {
  const needed = (schema?.fields ?? []).filter(({ types }) => !types.includes('null'));
  if (needed.length === 0) return { userId };
  const properties = Object.fromEntries(needed.map(({ property, types }) => [property, sampleOf(types[0]!)]));
  return { userId, properties: JSON.stringify(properties) };
}

function sampleOf(type: FieldType): string | number | boolean {
  if (type === 'string') return 'probe';
  return type === 'boolean' ? false : 0;
}

async function send({ sqs, queueUrl, fifo }: Target, MessageBody: string, id: string): Promise<void> {
  const group = fifo && { MessageGroupId: id.slice(0, 128), MessageDeduplicationId: randomUUID() };
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, ...group }));
}

async function followLetter(body: string, options: ProbeOptions): Promise<Finding> {
  const { target, signal } = options;
  const from = { sqs: target.sqs, url: target.deadLetterQueueUrl, fifo: target.fifo };
  let found: Letter | undefined;
  const reading = await readingOf(
    until('the dead letter', options, async () => {
      const visit = await visitLetters(from, {
        signal,
        isEnough: () => found !== undefined,
        handle: async (letters, remove) => {
          const ours = letters.find((letter) => letter.body === body);
          if (!ours) return;
          found = ours;
          await remove([ours]);
        },
      });
      return found && { letter: found, removed: visit.removed > 0 };
    }),
  );
  const gone = failed('The dead-letter queue is gone.', 'Deploy the stack again.');
  return judged(PROBED_LETTER, reading, gone, (outcome) => findingOfLetter(outcome));
}

/** What came of the broken message. */
export function findingOfLetter(outcome: { readonly letter: Letter; readonly removed: boolean } | undefined): Finding {
  if (!outcome) {
    return findingOf(
      PROBED_LETTER,
      [
        failed(
          'The broken message did not become a dead letter in time.',
          'See the rows above, and docs/operations.md, Nothing delivered. Its letter may come yet: dlq list shows it.',
        ),
      ],
      '',
    );
  }
  const { code } = reasonOf(outcome.letter);
  return findingOf(
    PROBED_LETTER,
    [
      code === EXPECTED_CODE
        ? undefined
        : failed(
            `The broken message has the reason ${code}, and not ${EXPECTED_CODE}.`,
            'See docs/operations.md, Function errors.',
          ),
      outcome.removed
        ? undefined
        : failed(
            'The letter could not be removed.',
            `personalize-users dlq show ${outcome.letter.messageId}, and purge it.`,
          ),
    ],
    `The broken message became a dead letter, ${EXPECTED_CODE}, and was removed.`,
  );
}

async function followUser(before: number, options: ProbeOptions): Promise<Finding> {
  const reading = await readingOf(
    until('the metrics', options, async () => ((await options.countDelivered()) > before ? true : undefined)),
  );
  const gone = failed('The metrics are gone.', 'Deploy the stack again.');
  return judged(PROBED_USER, reading, gone, (delivered) =>
    findingOf(
      PROBED_USER,
      [
        delivered
          ? undefined
          : failed(
              'No user was counted as delivered in time.',
              'personalize-users status, and dlq list: the user may be there, with a reason.',
            ),
      ],
      'A user was delivered since the probe was sent, as the metrics have it.',
    ),
  );
}

/** Looks again and again, until there is something or no patience left. */
async function until<Value>(
  what: string,
  { signal, patience = PATIENCE_IN_MILLISECONDS, onWait }: ProbeOptions,
  look: () => Promise<Value | undefined>,
): Promise<Value | undefined> {
  const giveUpAt = performance.now() + patience;
  for (;;) {
    signal.throwIfAborted();
    const value = await look();
    if (value !== undefined || performance.now() > giveUpAt) return value;
    onWait?.(what);
    await sleep(PAUSE_IN_MILLISECONDS, undefined, { signal }).catch(() => {});
  }
}

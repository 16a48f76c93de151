/** From the verdicts of its users to what happens to a message. Everything here decides; nothing acts. */

import type { Random } from '../../aws/equal-jitter.ts';
import type { MessageReading } from '../../contract/message/read-message.ts';
import type { Reason } from '../../contract/message/reason.ts';
import type { GivenVersion } from '../../contract/message/record-version.ts';
import { writeUser } from '../../contract/message/write-message.ts';
import { type BackoffSettings, backoffInSeconds } from './backoff.ts';
import { type About, createDeadLetter, type DeadLetter } from './dead-letter.ts';
import { createDefects, type Defects } from './defects.ts';
import type { Delivery } from './delivery.ts';
import type { Message } from './message.ts';
import { versionOf } from './order/version-of.ts';
import type { VisibilityChange } from './ports.ts';
import { haveLettersOfTheirOwn, joined, type RejectedUser, userIdIn } from './rejected-users.ts';
import { isUnsettled } from './verdict.ts';

/** A message with what was read from it. */
export interface Intake {
  readonly message: Message;
  readonly reading: MessageReading;
  /** One for each valid user of the reading, in their order. */
  readonly deliveries: readonly Delivery[];
  /** A defect of the function struck it: it is retried, and at last dead-lettered as it stands. */
  defect?: Reason;
}

/** What happens to a message. */
export type Settlement =
  | { readonly kind: 'acknowledge' }
  /** Acknowledged once all of its letters are safe in the dead-letter queue. */
  | { readonly kind: 'deadLetter'; readonly letters: readonly DeadLetter[] }
  | { readonly kind: 'retry'; readonly reason: Reason };

export interface SettleSettings {
  /** After this many receives a message is not retried any more. The queue's redrive policy has the same number. */
  readonly maxReceiveCount: number;
  /** Of the invocation. */
  readonly requestId: string;
  /** Dead letters keep the version that their records had. @default they do not */
  readonly keepsVersions?: boolean | undefined;
}

/** The code of a message that waits because an earlier one of its FIFO message group does. */
export const MESSAGE_GROUP_BLOCKED = 'MessageGroupBlocked';

/** Decides for each message of a batch, in the batch's order. */
export function settleAll(
  intakes: readonly Intake[],
  settings: SettleSettings,
  defects: Defects = createDefects(),
): readonly Settlement[] {
  return blockMessageGroups(
    intakes,
    intakes.map((intake) => settleGuarded(intake, settings, defects)),
  );
}

function settleGuarded(intake: Intake, settings: SettleSettings, defects: Defects): Settlement {
  const { messageId } = intake.message;
  return defects.guard(
    messageId,
    () => settle(intake, settings),
    (reason) => {
      intake.defect = reason;
      // Where not even its letter can be made, it is for the queue to move it in the end.
      return defects.guard(
        messageId,
        () => settle(intake, settings),
        () => ({ kind: 'retry', reason }),
      );
    },
  );
}

/** Keeps the order of FIFO message groups: whatever follows a message that is retried is retried too. */
export function blockMessageGroups(
  intakes: readonly Intake[],
  settlements: readonly Settlement[],
): readonly Settlement[] {
  const blocked = new Set<string>();
  return settlements.map((settlement, index) => {
    const group = intakes[index]!.message.messageGroupId;
    if (group === undefined) return settlement;
    if (settlement.kind === 'retry') blocked.add(group);
    else if (blocked.has(group)) return { kind: 'retry', reason: BLOCKED };
    return settlement;
  });
}

const BLOCKED: Reason = {
  code: MESSAGE_GROUP_BLOCKED,
  message: 'an earlier message of the same message group is being retried',
};

function settle({ message, reading, deliveries, defect }: Intake, settings: SettleSettings): Settlement {
  const letter = (index: number, body: string, reason: Reason, given?: GivenVersion, about?: About) =>
    createDeadLetter(
      message,
      index,
      body,
      reason,
      settings.requestId,
      settings.keepsVersions ? versionOf(message, given) : undefined,
      about,
    );

  // A message without its attributes is for the queue to move in the end: it keeps them.
  const isLast = message.receiveCount >= settings.maxReceiveCount && !message.defect;
  if (defect && !isLast) return { kind: 'retry', reason: defect };
  if (defect) return { kind: 'deadLetter', letters: [letter(0, message.body, defect)] };
  if (reading.kind === 'invalid') return { kind: 'deadLetter', letters: [letter(0, message.body, reading.reason)] };

  const unsettled = deliveries.map(verdictOf).find(isUnsettled);
  if (unsettled && message.receiveCount < settings.maxReceiveCount) return { kind: 'retry', reason: unsettled.reason };

  const rejected: RejectedUser[] = [];
  let valid = 0;
  for (const [place, user] of reading.users.entries()) {
    if (user.kind === 'invalid') {
      const { body, reason, messageGroupId } = user;
      rejected.push({ place, body, reason, userId: userIdIn(body), messageGroupId });
      continue;
    }
    const verdict = verdictOf(deliveries[valid++]!);
    if (verdict.kind === 'delivered' || verdict.kind === 'superseded') continue;
    const { userId } = user.user;
    const body = reading.packed ? writeUser(user.user, user.version) : message.body;
    rejected.push({ place, body, reason: verdict.reason, userId, given: user.version });
  }
  if (rejected.length === 0) return { kind: 'acknowledge' };
  const letters = haveLettersOfTheirOwn(rejected, message.messageGroupId !== undefined)
    ? rejected.map(({ place, body, reason, given, userId, messageGroupId }) =>
        letter(place, body, reason, given, {
          orderKey: userId === undefined ? 'nobody knows' : `user ${userId}`,
          messageGroupId,
        }),
      )
    : joined(rejected).map(({ place, body, reason, codes }) => letter(place, body, reason, undefined, { codes }));
  return { kind: 'deadLetter', letters };
}

function verdictOf({ verdict }: Delivery) {
  if (!verdict) throw new Error('a user was left without a verdict');
  return verdict;
}

/**
 * Says when each retried message is seen again. A message never comes back after a newer one with the same user, or
 * of the same message group, so that waiting does not turn their order around.
 *
 * @param retried - oldest first
 * @param now - in milliseconds since the epoch, for records that are of no use before a time. @default there are none
 */
export function planRetries(
  retried: readonly Intake[],
  settings: BackoffSettings,
  random: Random,
  defects: Defects = createDefects(),
  now = 0,
): readonly VisibilityChange[] {
  const latest = new Map<string, number>();
  const plan = ({ message, deliveries }: Intake): VisibilityChange => {
    const keys = deliveries.map(({ user }) => `user ${user.userId}`);
    if (message.messageGroupId !== undefined) keys.push(`group ${message.messageGroupId}`);

    const own = backoffInSeconds(message.receiveCount, settings, random);
    const waiting = deliveries.filter(({ verdict }) => verdict?.kind !== 'superseded');
    const useless = Math.max(0, ...waiting.map(({ notBefore }) => secondsUntil(notBefore, now)));
    const delayInSeconds = keys.reduce((delay, key) => Math.max(delay, latest.get(key) ?? 0), Math.max(own, useless));
    for (const key of keys) latest.set(key, delayInSeconds);
    return { receiptHandle: message.receiptHandle, delayInSeconds };
  };
  // Without a plan, the queue's visibility timeout holds.
  return retried.flatMap((intake) =>
    defects.guard(
      intake.message.messageId,
      () => [plan(intake)],
      () => [],
    ),
  );
}

/** A little more, so that it is over by any clock. Source of the most: SQS API reference, ChangeMessageVisibility. */
function secondsUntil(time: number | undefined, now: number): number {
  return time === undefined ? 0 : Math.min(MAX_VISIBILITY_IN_SECONDS, Math.ceil(Math.max(0, time - now) / 1000) + 1);
}

const MAX_VISIBILITY_IN_SECONDS = 43_200;

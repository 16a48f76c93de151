/**
 * One batch of messages, from reading them to what is reported back to the queue.
 *
 * The order of the steps is the promise that nothing is lost: a message is acknowledged, by not being reported as
 * failed, only after each of its users is in the dataset or its dead letter is stored.
 */

import {
  ORDER_RESERVE_IN_MILLISECONDS,
  RESPONSE_RESERVE_IN_MILLISECONDS,
  settleReserveInMilliseconds,
  VISIBILITY_RESERVE_IN_MILLISECONDS,
} from '../../contract/deployment/time-budget.ts';
import type { MessageReader, ValidUser } from '../../contract/message/read-message.ts';
import type { Reason } from '../../contract/message/reason.ts';
import { findUnaccounted } from './account.ts';
import type { BackoffSettings } from './backoff.ts';
import type { DeadLetter } from './dead-letter.ts';
import { createDefects, type Defects } from './defects.ts';
import { deliver, type OnDefect } from './deliver.ts';
import type { Delivery, Group } from './delivery.ts';
import type { SuspectMemory } from './lanes.ts';
import type { Message } from './message.ts';
import { createOrderGuard } from './order/order-guard.ts';
import { versionOf } from './order/version-of.ts';
import type { Pacer } from './pacer.ts';
import { holdToGroup } from './packed-group.ts';
import type { DeadLetterFailure, Ports, TimeAllowed, VisibilityChange } from './ports.ts';
import { blockMessageGroups, type Intake, planRetries, type Settlement, settleAll } from './settle.ts';
import { createSummary, type Summary } from './summary.ts';
import { inTurns } from './turns.ts';

export interface IngestSettings {
  readonly maxReceiveCount: number;
  readonly backoff: BackoffSettings;
}

/** What an invocation brings along. */
export interface Invocation {
  readonly requestId: string;
  /** When the invocation is cut off, in milliseconds by the clock of the ports. */
  readonly endsAt: number;
}

export interface IngestResult {
  /** The messages that must be received again, each once, in the batch's order. All others are settled. */
  readonly failedMessageIds: readonly string[];
  /** What it came to. It says nothing that the settlement depends on, so what it throws undoes nothing. */
  readonly summarize: () => Summary;
}

/** Takes a batch and settles each of its messages; see {@link createIngest}. */
export type Ingest = (messages: readonly Message[], invocation: Invocation) => Promise<IngestResult>;

/**
 * Binds the core to its ports and settings.
 *
 * @param pacer - shared by the invocations of an environment
 */
export function createIngest(ports: Ports, pacer: Pacer, read: MessageReader, settings: IngestSettings): Ingest {
  const suspects: SuspectMemory = new Map();
  return async (messages, { requestId, endsAt }) => {
    const startedAt = ports.wallClock();
    const defects = createDefects();
    const until = (reserve: number) => ({ timeoutInMilliseconds: Math.max(1, endsAt - reserve - ports.clock.now()) });
    const isGuarded = ports.versions !== undefined;
    const readIn = (group: string | undefined) => (body: string) => holdToGroup(read(body), group);
    const intakes = messages.map((message) => take(message, readIn(message.messageGroupId), isGuarded, defects));
    const oldestFirst = sortOldestFirst(intakes);

    const newest = newestOfEachUser(oldestFirst, defects);
    const reserve = settleReserveInMilliseconds(messages.length) + (isGuarded ? ORDER_RESERVE_IN_MILLISECONDS : 0);
    const deadline = endsAt - reserve;
    const onDefect: OnDefect = (thrown, group) => defects.note(thrown, messageIdsOf(group, intakes));
    const { versions } = ports;
    const statistics = await deliver(
      newest,
      { ...ports, pacer, deadline },
      suspects,
      onDefect,
      versions &&
        createOrderGuard(inTurns(newest), { ...ports, versions, owner: requestId, deadline, endsAt, onDefect }),
    );

    const planned = settleAll(
      intakes,
      { maxReceiveCount: settings.maxReceiveCount, requestId, keepsVersions: isGuarded },
      defects,
    );
    const failures = await sendLetters(lettersOf(planned), ports, until(VISIBILITY_RESERVE_IN_MILLISECONDS), defects);
    const settlements = accountedFor(intakes, withoutFailures(planned, failures), defects);

    const retried = new Set(intakes.filter((_, index) => settlements[index]!.kind === 'retry'));
    const changes = planRetries(
      oldestFirst.filter((intake) => retried.has(intake)),
      settings.backoff,
      ports.random,
      defects,
      ports.wallClock(),
    );
    const visibilityErrors = await backOff(changes, ports, until(RESPONSE_RESERVE_IN_MILLISECONDS), defects);

    return {
      failedMessageIds: [...new Set([...retried].map(({ message }) => message.messageId))],
      summarize: () =>
        createSummary({
          startedAt,
          intakes,
          settlements,
          statistics,
          deadLetterErrors: failures.map(({ code }) => code),
          visibilityErrors,
          defects: defects.list(),
        }),
    };
  };
}

function take(message: Message, read: MessageReader, isGuarded: boolean, defects: Defects): Intake {
  const struck = (defect: Reason): Intake => ({
    message,
    reading: { kind: 'invalid', reason: defect },
    deliveries: [],
    defect,
  });
  if (message.defect) return struck(message.defect);
  return defects.guard<Intake>(
    message.messageId,
    () => {
      const reading = read(message.body);
      if (reading.kind === 'invalid') return { message, reading, deliveries: [] };
      return {
        message,
        reading,
        deliveries: reading.users.flatMap((user) =>
          user.kind === 'valid' ? [deliveryOf(message, user, isGuarded)] : [],
        ),
      };
    },
    struck,
  );
}

function deliveryOf(message: Message, { user, misfits, version }: ValidUser, isGuarded: boolean): Delivery {
  const { source, receiveCount } = message;
  const delivery = { user, misfits, source, receiveCount };
  return isGuarded ? { ...delivery, version: versionOf(message, version) } : delivery;
}

function messageIdsOf(group: Group, intakes: readonly Intake[]): readonly string[] {
  return intakes
    .filter(({ deliveries }) => deliveries.some((delivery) => group.includes(delivery)))
    .map(({ message }) => message.messageId);
}

/** The port promises not to throw; if it does, no letter is known to be stored. */
async function sendLetters(
  letters: readonly DeadLetter[],
  { sendDeadLetters }: Ports,
  within: TimeAllowed,
  defects: Defects,
): Promise<readonly DeadLetterFailure[]> {
  try {
    return await sendDeadLetters(letters, within);
  } catch (thrown) {
    const ids = letters.map(({ source }) => source.messageId);
    const { code } = defects.note(thrown, ids);
    return letters.map((letter) => ({ letter, code }));
  }
}

/** The port promises not to throw; if it does, the queue's visibility timeout holds. */
async function backOff(
  changes: readonly VisibilityChange[],
  { changeVisibility }: Ports,
  within: TimeAllowed,
  defects: Defects,
): Promise<readonly string[]> {
  try {
    return await changeVisibility(changes, within);
  } catch (thrown) {
    const { code } = defects.note(thrown, []);
    return changes.map(() => code);
  }
}

/** What is not accounted for is retried, and told of; and so is what comes after it in its message group. */
function accountedFor(
  intakes: readonly Intake[],
  settlements: readonly Settlement[],
  defects: Defects,
): readonly Settlement[] {
  const checked = [...settlements];
  for (const place of findUnaccounted(intakes, settlements)) {
    const reason = defects.note(new UnaccountedError(), [intakes[place]!.message.messageId]);
    checked[place] = { kind: 'retry', reason };
  }
  return blockMessageGroups(intakes, checked);
}

/** A message would have been acknowledged though not all of its users are safe. */
class UnaccountedError extends Error {
  override readonly name = 'UnaccountedError';
}

/** A FIFO queue hands messages out in order; a standard queue does not, so there the time of sending decides. */
function sortOldestFirst(intakes: readonly Intake[]): readonly Intake[] {
  const fifo = intakes.some(({ message }) => message.messageGroupId !== undefined);
  return fifo ? intakes : intakes.toSorted((a, b) => a.message.sentAt - b.message.sentAt);
}

/** Links the records of each user, and returns the newest ones. */
function newestOfEachUser(oldestFirst: readonly Intake[], defects: Defects): readonly Delivery[] {
  const newest = new Map<string, Delivery>();
  const link = (delivery: Delivery) => {
    const { userId } = delivery.user;
    const head = newest.get(userId);
    const newer = head && lastNewerThan(delivery, head);
    delivery.older = newer ? newer.older : head;
    if (newer) newer.older = delivery;
    else newest.set(userId, delivery);
  };
  for (const intake of oldestFirst) {
    defects.guard(
      intake.message.messageId,
      () => intake.deliveries.forEach(link),
      (defect) => {
        intake.defect = defect;
      },
    );
  }
  return [...newest.values()];
}

/**
 * With versions it is they that decide; of records with the same version, and without any, the one that was sent later is the
 * newer.
 */
function lastNewerThan({ version }: Delivery, head: Delivery): Delivery | undefined {
  if (version === undefined) return undefined;
  let newer: Delivery | undefined;
  for (let next: Delivery | undefined = head; next && next.version! > version; next = next.older) newer = next;
  return newer;
}

function lettersOf(settlements: readonly Settlement[]): readonly DeadLetter[] {
  return settlements.flatMap((settlement) => (settlement.kind === 'deadLetter' ? settlement.letters : []));
}

/** A message of which a letter is not known to be stored is retried. */
function withoutFailures(
  settlements: readonly Settlement[],
  failures: Awaited<ReturnType<Ports['sendDeadLetters']>>,
): readonly Settlement[] {
  const failed = new Map(failures.map(({ letter, code }) => [letter, code]));
  return settlements.map((settlement) => {
    const letter = settlement.kind === 'deadLetter' ? settlement.letters.find((each) => failed.has(each)) : undefined;
    if (!letter) return settlement;
    const code = failed.get(letter)!;
    return { kind: 'retry', reason: { code, message: `the dead letter could not be sent: ${code}` } };
  });
}

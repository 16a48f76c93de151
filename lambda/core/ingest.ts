/**
 * One batch of messages, from reading them to what is reported back to the queue.
 *
 * The order of the steps is the promise that nothing is lost: a message is acknowledged, by not being reported as
 * failed, only after each of its users is in the dataset or its dead letter is stored.
 */

import {
  RESPONSE_RESERVE_IN_MILLISECONDS,
  settleReserveInMilliseconds,
  VISIBILITY_RESERVE_IN_MILLISECONDS,
} from '../../contract/deployment/time-budget.ts';
import type { MessageReader } from '../../contract/message/read-message.ts';
import type { BackoffSettings } from './backoff.ts';
import type { DeadLetter } from './dead-letter.ts';
import { deliver } from './deliver.ts';
import type { Delivery } from './delivery.ts';
import type { SuspectMemory } from './lanes.ts';
import type { Message } from './message.ts';
import type { Pacer } from './pacer.ts';
import type { Ports } from './ports.ts';
import { blockMessageGroups, type Intake, planRetries, type Settlement, settleAll } from './settle.ts';
import { createSummary, type Summary } from './summary.ts';

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
  readonly summary: Summary;
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
    const until = (reserve: number) => ({ timeoutInMilliseconds: Math.max(1, endsAt - reserve - ports.clock.now()) });
    const intakes = messages.map((message) => take(message, read));
    const oldestFirst = sortOldestFirst(intakes);

    const deadline = endsAt - settleReserveInMilliseconds(messages.length);
    const statistics = await deliver(newestOfEachUser(oldestFirst), { ...ports, pacer, deadline }, suspects);

    const planned = settleAll(intakes, { maxReceiveCount: settings.maxReceiveCount, requestId });
    const failures = await ports.sendDeadLetters(lettersOf(planned), until(VISIBILITY_RESERVE_IN_MILLISECONDS));
    const settlements = blockMessageGroups(intakes, withoutFailures(planned, failures));

    const retried = new Set(intakes.filter((_, index) => settlements[index]!.kind === 'retry'));
    const changes = planRetries(
      oldestFirst.filter((intake) => retried.has(intake)),
      settings.backoff,
      ports.random,
    );
    const visibilityErrors = await ports.changeVisibility(changes, until(RESPONSE_RESERVE_IN_MILLISECONDS));

    return {
      failedMessageIds: [...new Set([...retried].map(({ message }) => message.messageId))],
      summary: createSummary({
        startedAt,
        intakes,
        settlements,
        statistics,
        deadLetterErrors: failures.map(({ code }) => code),
        visibilityErrors,
      }),
    };
  };
}

function take(message: Message, read: MessageReader): Intake {
  const reading = read(message.body);
  if (reading.kind === 'invalid') return { message, reading, deliveries: [] };
  return {
    message,
    reading,
    deliveries: reading.users.flatMap((user) =>
      user.kind === 'valid' ? [{ user: user.user, misfits: user.misfits }] : [],
    ),
  };
}

/** A FIFO queue hands messages out in order; a standard queue does not, so there the time of sending decides. */
function sortOldestFirst(intakes: readonly Intake[]): readonly Intake[] {
  const fifo = intakes.some(({ message }) => message.messageGroupId !== undefined);
  return fifo ? intakes : intakes.toSorted((a, b) => a.message.sentAt - b.message.sentAt);
}

/** Links the records of each user, and returns the newest ones. */
function newestOfEachUser(oldestFirst: readonly Intake[]): readonly Delivery[] {
  const newest = new Map<string, Delivery>();
  for (const { deliveries } of oldestFirst) {
    for (const delivery of deliveries) {
      delivery.older = newest.get(delivery.user.userId);
      newest.set(delivery.user.userId, delivery);
    }
  }
  return [...newest.values()];
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

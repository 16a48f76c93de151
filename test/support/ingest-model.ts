/** The outside of the core as a model: PutUsers, the dead-letter queue and visibility, each failing as it is told to. */

import { createVirtualClock } from '../../bench/simulation/virtual-clock.ts';
import { createMessageReader } from '../../contract/message/read-message.ts';
import type { UserRecord } from '../../contract/message/schema.ts';
import type { DeadLetter } from '../../lambda/core/dead-letter.ts';
import { createIngest, type IngestResult } from '../../lambda/core/ingest.ts';
import type { Message } from '../../lambda/core/message.ts';
import { createPacer } from '../../lambda/core/pacer.ts';
import type { VisibilityChange } from '../../lambda/core/ports.ts';
import { INVALID_INPUT, SERVICE_ERRORS, serviceError } from './errors.ts';

/** What PutUsers does with one call. */
export interface CallScript {
  /** Index into {@link FAILURES}; without one, only users that are poison are refused. */
  readonly failure: number | null;
  /** How long it takes; `hang` until the caller gives up. */
  readonly milliseconds: number | 'hang';
}

/** What becomes of one dead letter: stored; lost; or stored, but the confirmation is lost. */
export type LetterScript = 'stored' | 'lost' | 'unconfirmed';

export interface OutsideScript {
  /** One for each call, from the first. Calls after the last one go well. */
  readonly calls: readonly CallScript[];
  /** Over and over again. */
  readonly letters: readonly LetterScript[];
  readonly changesFail: boolean;
  readonly callsPerSecond: number;
  readonly startsAt: number;
  readonly milliseconds: number;
}

/** A call that was made. */
export interface ObservedCall {
  readonly users: readonly UserRecord[];
  readonly at: number;
  readonly timeoutInMilliseconds: number;
  outcome: 'inFlight' | 'delivered' | 'rejected' | 'transient';
}

export interface Observed {
  readonly result: IngestResult;
  readonly calls: readonly ObservedCall[];
  readonly stored: readonly DeadLetter[];
  readonly changes: readonly VisibilityChange[];
  readonly endsAt: number;
}

interface Failure {
  readonly thrown: () => unknown;
  readonly outcome: 'rejected' | 'transient';
}

/** All that a call may fail with: the classification's table, as the SDK throws it, and what no table lists. */
export const FAILURES: readonly Failure[] = [
  ...SERVICE_ERRORS.map(
    ([name, status, verdict]): Failure => ({
      thrown: () => serviceError(name, status),
      outcome: verdict.startsWith('rejected') ? 'rejected' : 'transient',
    }),
  ),
  ...[
    () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
    () => Object.assign(new SyntaxError('Unexpected token <'), { $metadata: { httpStatusCode: 400 } }),
    () => serviceError('Unknown', 403),
    () => serviceError('constructor', 502),
    () => undefined,
    () => 'a string',
    () => Object.create(null) as unknown,
  ].map((thrown): Failure => ({ thrown, outcome: 'transient' })),
];

/** A record with this in its properties is refused by PutUsers, whatever else is in the call. */
export const POISON = '"poison":true';

export const MAX_RECEIVE_COUNT = 5;
export const LIMITS = { maxPropertiesLength: 4096 };

/** Runs one batch. */
export async function runAgainstModel(batch: readonly Message[], script: OutsideScript): Promise<Observed> {
  const clock = createVirtualClock(script.startsAt);
  const calls: ObservedCall[] = [];
  const stored: DeadLetter[] = [];
  const changes: VisibilityChange[] = [];

  const ingest = createIngest(
    {
      clock,
      wallClock: clock.now,
      random: () => 0.5,
      putUsers: async (users, { timeoutInMilliseconds }) => {
        const call: ObservedCall = { users, at: clock.now(), timeoutInMilliseconds, outcome: 'inFlight' };
        const { failure, milliseconds } = script.calls[calls.length] ?? GOES_WELL;
        calls.push(call);
        if (milliseconds === 'hang' || milliseconds >= timeoutInMilliseconds) {
          await clock.sleep(timeoutInMilliseconds);
          call.outcome = 'transient';
          throw Object.assign(new Error('no reply'), { name: 'TimeoutError' });
        }
        await clock.sleep(milliseconds);
        if (failure !== null) {
          call.outcome = FAILURES[failure]!.outcome;
          throw FAILURES[failure]!.thrown();
        }
        if (users.some(({ properties }) => properties?.includes(POISON))) {
          call.outcome = 'rejected';
          throw INVALID_INPUT();
        }
        call.outcome = 'delivered';
      },
      sendDeadLetters: async (letters) => {
        const fate = (index: number) => script.letters[index % script.letters.length] ?? 'stored';
        stored.push(...letters.filter((_, index) => fate(index) !== 'lost'));
        return letters.flatMap((letter, index) => (fate(index) === 'stored' ? [] : [{ letter, code: 'Lost' }]));
      },
      changeVisibility: async (wanted) => {
        if (script.changesFail) return wanted.map(() => 'InternalError');
        changes.push(...wanted);
        return [];
      },
    },
    createPacer({ callsPerSecond: script.callsPerSecond }, clock),
    createMessageReader(LIMITS),
    { maxReceiveCount: MAX_RECEIVE_COUNT, backoff: { baseInSeconds: 2, maxInSeconds: 900 } },
  );
  const endsAt = script.startsAt + script.milliseconds;
  return { result: await ingest(batch, { requestId: 'r', endsAt }), calls, stored, changes, endsAt };
}

const GOES_WELL: CallScript = { failure: null, milliseconds: 60 };

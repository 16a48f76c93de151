/** What an invocation came to, in counts and names of errors only: all of it may be logged. */
import type { DeliveryStatistics } from './call-group.ts';
import type { Defect } from './defects.ts';
import type { Intake, Settlement } from './settle.ts';
import { isUnsettled } from './verdict.ts';

/** How often each name occurred. */
export type Tally = Readonly<Record<string, number>>;

export interface Summary {
  readonly messages: number;
  /** Messages that are to be received again. */
  readonly retriedMessages: number;
  readonly users: {
    readonly delivered: number;
    readonly superseded: number;
    /** Users whose dead letter is stored. A message that cannot be read counts as one. */
    readonly rejected: number;
    /** Users without a final verdict, who come again with their messages. */
    readonly retried: number;
  };
  readonly calls: DeliveryStatistics;
  /** The age of the oldest message when the batch was begun, in milliseconds. */
  readonly oldestAgeInMilliseconds: number;
  readonly retryErrors: Tally;
  /** Why users were dead-lettered: the codes of the reasons, each as often as a letter with it is stored. */
  readonly deadLetterReasons: Tally;
  /** What went wrong when dead letters were sent, each as often as a letter is not known to be stored. */
  readonly deadLetterErrors: Tally;
  readonly visibilityErrors: Tally;
  /** Defects of the function: what threw, and where. */
  readonly defects: readonly Defect[];
  /** The messages of which something was dead-lettered. */
  readonly rejectedMessages: readonly { readonly messageId: string; readonly errors: Tally }[];
}

export function createSummary(run: {
  /** In milliseconds since the epoch. */
  readonly startedAt: number;
  readonly intakes: readonly Intake[];
  readonly settlements: readonly Settlement[];
  readonly statistics: DeliveryStatistics;
  readonly deadLetterErrors: readonly string[];
  readonly visibilityErrors: readonly string[];
  /** @default none */
  readonly defects?: readonly Defect[];
}): Summary {
  const users = { delivered: 0, superseded: 0, rejected: 0, retried: 0 };
  const retryCodes: string[] = [];
  const deadLetterCodes: string[] = [];
  const rejectedMessages: Summary['rejectedMessages'][number][] = [];
  let oldestAge = 0;

  run.intakes.forEach(({ message, deliveries }, index) => {
    oldestAge = Math.max(oldestAge, run.startedAt - message.sentAt);
    const settlement = run.settlements[index]!;
    for (const { verdict } of deliveries) {
      // A defect may have left a user without.
      if (verdict?.kind === 'delivered') users.delivered++;
      else if (verdict?.kind === 'superseded') users.superseded++;
      else if ((!verdict || isUnsettled(verdict)) && settlement.kind === 'retry') users.retried++;
    }
    if (settlement.kind === 'retry') retryCodes.push(settlement.reason.code);
    if (settlement.kind === 'deadLetter') {
      const codes = settlement.letters.flatMap(({ codes, reason }) => codes ?? [reason.code]);
      users.rejected += codes.length;
      for (const code of codes) deadLetterCodes.push(code);
      rejectedMessages.push({ messageId: message.messageId, errors: tally(codes) });
    }
  });

  return {
    messages: run.intakes.length,
    retriedMessages: retryCodes.length,
    users,
    calls: run.statistics,
    oldestAgeInMilliseconds: oldestAge,
    retryErrors: tally(retryCodes),
    deadLetterReasons: tally(deadLetterCodes),
    deadLetterErrors: tally(run.deadLetterErrors),
    visibilityErrors: tally(run.visibilityErrors),
    defects: run.defects ?? [],
    rejectedMessages,
  };
}

function tally(names: readonly string[]): Tally {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

import type { Reply } from './put-users.ts';

/** What became of the calls since the service started. */
export interface Statistics {
  /** PutUsers requests, refused ones included. */
  readonly calls: number;
  /** Calls by what they came to: `Accepted`, the name of an error, `BadGateway`, `Dropped` or `DroppedAfterStoring`. */
  readonly callsByOutcome: Readonly<Record<string, number>>;
  /** Users in the calls that stored them, each time that they were stored. */
  readonly usersStored: number;
  /** Calls that stored users, by how many they carried: `{"10": 42, "3": 1}`. */
  readonly storingCallsBySize: Readonly<Record<string, number>>;
}

/** Counts calls. */
export interface StatisticsCounter {
  count(reply: Reply): void;
  /** The numbers up to now; they do not change afterwards. */
  snapshot(): Statistics;
}

/** A counter that starts at nothing. */
export function statisticsCounter(): StatisticsCounter {
  const callsByOutcome = new Map<string, number>();
  const storingCallsBySize = new Map<number, number>();
  const increment = <Key>(counts: Map<Key, number>, key: Key) => counts.set(key, (counts.get(key) ?? 0) + 1);

  return {
    count(reply) {
      increment(callsByOutcome, outcomeOf(reply));
      const users = usersStoredBy(reply);
      if (users > 0) increment(storingCallsBySize, users);
    },
    snapshot: () => ({
      calls: sum([...callsByOutcome.values()]),
      callsByOutcome: Object.fromEntries(callsByOutcome),
      usersStored: sum([...storingCallsBySize].map(([users, calls]) => users * calls)),
      storingCallsBySize: Object.fromEntries(storingCallsBySize),
    }),
  };
}

function outcomeOf(reply: Reply): string {
  switch (reply.kind) {
    case 'accepted':
      return 'Accepted';
    case 'refused':
      return reply.error.name;
    case 'badGateway':
      return 'BadGateway';
    case 'dropped':
      return reply.usersStored > 0 ? 'DroppedAfterStoring' : 'Dropped';
  }
}

function usersStoredBy(reply: Reply): number {
  return reply.kind === 'accepted' || reply.kind === 'dropped' ? reply.usersStored : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

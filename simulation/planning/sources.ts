/** Where messages come from: each source has its own demand, and a message group or none. */
import type { Random } from '../../local/random.ts';
import { type Arrivals, messageTimes } from './arrivals.ts';

export interface Source {
  /** What it is called in tables and charts; also its message group, if it has one. */
  readonly name: string;
  readonly arrivals: Arrivals;
  /** Whether its messages have its name as their message group. Without, SQS takes each for a tenant of its own. */
  readonly isGrouped: boolean;
}

/** When a message arrives, in milliseconds since the start, and from which of the sources. */
export interface Arrival {
  readonly at: number;
  /** Its place among the sources. */
  readonly source: number;
}

/** The messages of all sources in their order. Of those that arrive at once, those of the first source come first. */
export function* messageArrivals(
  sources: readonly Source[],
  usersPerMessage: number,
  randomOf: (source: number) => Random,
): Generator<Arrival> {
  const times = sources.map(({ arrivals }, source) => messageTimes(arrivals, usersPerMessage, randomOf(source)));
  const next = times.map((each) => each.next());
  for (;;) {
    let source = -1;
    for (const [index, each] of next.entries()) {
      if (!each.done && (source === -1 || each.value < (next[source]!.value as number))) source = index;
    }
    if (source === -1) return;
    yield { at: next[source]!.value as number, source };
    next[source] = times[source]!.next();
  }
}

/** The demand of all of them together, as far as it has a size and an end. */
export function totalOf(sources: readonly Source[]): Pick<Arrivals, 'backlog' | 'until'> {
  return {
    backlog: sources.reduce((sum, { arrivals }) => sum + arrivals.backlog, 0),
    until: Math.max(...sources.map(({ arrivals }) => arrivals.until)),
  };
}

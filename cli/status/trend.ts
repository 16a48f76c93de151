/** How the queue has been while somebody watched. */
import sparkly from 'sparkly';
import type { Status } from './status.ts';

/** Looks that are shown; older ones are forgotten. */
const LOOKS = 40;

/** What was seen in the last looks, the newest last. */
export interface Trend {
  add(status: Status): void;
  /** Messages in the queue, as a line of bars from none to the most; empty before there are two looks. */
  waiting(): string;
  /** Users delivered a second, likewise; a gap where it was not known. */
  delivered(): string;
}

/** Makes a trend that has seen nothing. */
export function createTrend(): Trend {
  const looks: { readonly waiting: number; readonly delivered: number }[] = [];
  const line = (values: readonly number[]) => (values.length < 2 ? '' : sparkly([...values], { minimum: 0 }));
  return {
    add({ queue: { waiting, inFlight, delayed }, deliveredPerSecond }) {
      looks.push({ waiting: waiting + inFlight + delayed, delivered: deliveredPerSecond ?? Number.NaN });
      if (looks.length > LOOKS) looks.shift();
    },
    waiting: () => line(looks.map(({ waiting }) => waiting)),
    delivered: () => line(looks.map(({ delivered }) => delivered)),
  };
}

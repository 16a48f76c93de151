/** When users arrive: the demand that a simulation is run with. */
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Random } from '../../local/random.ts';

/** A rate that holds from a moment on, until the next. */
export interface RateFrom {
  /** In seconds since the start. */
  readonly at: number;
  readonly usersPerSecond: number;
}

/** What arrives: so many users at once at the start, and then a rate that changes step by step until the end. */
export interface Arrivals {
  /** Users that wait in the queue when the simulation begins. */
  readonly backlog: number;
  /** In order, the first at 0. */
  readonly rates: readonly RateFrom[];
  /** When the last may arrive, in seconds since the start. */
  readonly until: number;
  /** Whether users of a rate come as regular as a clock. @default they come at random, at the rate on average */
  readonly isRegular?: boolean;
}

/** Rates of a curve, one for each of these seconds. */
const STEP_IN_SECONDS = 60;
const DAY_IN_SECONDS = 24 * 60 * 60;

/** So many users, all there at the start. */
export function backlogOf(users: number): Arrivals {
  return { backlog: users, rates: [], until: 0 };
}

/** The same rate all the time. */
export function constant(usersPerSecond: number, seconds: number): Arrivals {
  return { backlog: 0, rates: [{ at: 0, usersPerSecond }], until: seconds };
}

/** A rate, and every so often a burst that lasts ten seconds. */
export function bursts(
  usersPerSecond: number,
  burst: { readonly users: number; readonly everySeconds: number },
  seconds: number,
): Arrivals {
  const lasts = Math.min(10, burst.everySeconds / 2);
  const rates: RateFrom[] = [];
  for (let at = 0; at < seconds; at += burst.everySeconds) {
    rates.push({ at, usersPerSecond: usersPerSecond + burst.users / lasts }, { at: at + lasts, usersPerSecond });
  }
  return { backlog: 0, rates, until: seconds };
}

/**
 * Days with a night: a sine between a tenth of the peak, at the start, and the peak, twelve hours later.
 *
 * @param usersPerSecond - on average
 */
export function diurnal(usersPerSecond: number, seconds: number): Arrivals {
  const rates: RateFrom[] = [];
  for (let at = 0; at < seconds; at += STEP_IN_SECONDS) {
    const swing = -Math.cos((2 * Math.PI * (at + STEP_IN_SECONDS / 2)) / DAY_IN_SECONDS);
    rates.push({ at, usersPerSecond: usersPerSecond * (1 + (9 / 11) * swing) });
  }
  return { backlog: 0, rates, until: seconds };
}

/** A file of arrivals that cannot be used. The message says which line, why, and what it takes. */
export class ArrivalsError extends Error {
  override readonly name = 'ArrivalsError';
}

/**
 * Reads rates from a CSV file with the columns `seconds` and `usersPerSecond`. Each holds until the next line; the last line
 * says when it ends.
 *
 * @throws ArrivalsError for a file that says anything else
 */
export async function arrivalsFromCsv(file: string): Promise<Arrivals> {
  const rows = parseRows(file, await readText(file));
  const rates = rows.map((row, index): RateFrom => {
    const [at, usersPerSecond] = [Number(row.seconds), Number(row.usersPerSecond)];
    const line = index + 2;
    if (!row.seconds || !Number.isFinite(at) || at < 0) {
      throw new ArrivalsError(`${file}, line ${line}: seconds takes a number from 0, but got "${row.seconds ?? ''}".`);
    }
    if (!row.usersPerSecond || !Number.isFinite(usersPerSecond) || usersPerSecond < 0) {
      throw new ArrivalsError(
        `${file}, line ${line}: usersPerSecond takes a number from 0, but got "${row.usersPerSecond ?? ''}".`,
      );
    }
    return { at, usersPerSecond };
  });
  const unordered = rates.findIndex(({ at }, index) => index > 0 && at <= rates[index - 1]!.at);
  if (unordered !== -1) {
    throw new ArrivalsError(`${file}, line ${unordered + 2}: seconds must be more than in the line before.`);
  }
  if (rates.length < 2) {
    throw new ArrivalsError(
      `${file} needs two lines at least below "seconds,usersPerSecond": the last says when it ends.`,
    );
  }
  return { backlog: 0, rates, until: rates.at(-1)!.at };
}

type Row = Readonly<Record<string, string | undefined>>;

function parseRows(file: string, text: string): Row[] {
  try {
    return parse(text, { columns: true, trim: true, skip_empty_lines: true, bom: true }) as Row[];
  } catch (error) {
    throw new ArrivalsError(
      `${file} is no CSV with the columns seconds and usersPerSecond: ${(error as Error).message}`,
    );
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ArrivalsError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/**
 * The times at which messages arrive, in milliseconds since the start: those of the backlog at 0, the others at random
 * moments that have the rate on average (a Poisson process), unless they are regular.
 *
 * @param usersPerMessage - users of each message
 */
export function* messageTimes(arrivals: Arrivals, usersPerMessage: number, random: Random): Generator<number> {
  const backlog = Math.ceil(arrivals.backlog / usersPerMessage);
  for (let message = 0; message < backlog; message++) yield 0;

  for (const [index, { at, usersPerSecond }] of arrivals.rates.entries()) {
    const end = Math.min(arrivals.until, arrivals.rates[index + 1]?.at ?? arrivals.until);
    const messagesPerSecond = usersPerSecond / usersPerMessage;
    if (messagesPerSecond === 0) continue;
    const gap = () => (arrivals.isRegular ? 1 : -Math.log(1 - random())) / messagesPerSecond;
    // A process without memory may begin anew with each rate.
    for (let time = arrivals.isRegular ? at : at + gap(); time < end; time += gap()) yield time * 1000;
  }
}

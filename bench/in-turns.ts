/** Measures several things side by side, so that whatever else the machine does happens to all of them. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Takes one measurement. */
export type Measure = () => Promise<number>;

/** What was measured of each, round by round. */
export type Measurements<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/** Measures each once a round, one after the other. Every second round goes the other way round. */
export async function measureInTurns<Name extends string>(
  measures: Readonly<Record<Name, Measure>>,
  rounds: number,
): Promise<Measurements<Name>> {
  const names = Object.keys(measures) as Name[];
  const measurements = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) measurements[name].push(await measures[name]());
  }
  return measurements;
}

/** How many times as much the one is as the other: the median over the rounds, each compared with itself. */
export function medianRatio(one: readonly number[], other: readonly number[]): number {
  return median(one.map((value, round) => value / other[round]!));
}

/** The middle of some numbers, at least one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Runs a program in a fresh process and reads the number that it prints.
 *
 * @param parameters - given to it as JSON, in its first argument
 */
export async function numberFromProcess(program: string, parameters: object, env = process.env): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(parameters)], { env });
  const number = Number(stdout);
  if (stdout.trim() === '' || !Number.isFinite(number)) throw new Error(`${program} printed no number: ${stdout}`);
  return number;
}

/** The committed results, and whether new ones are worse. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Figure, Figures } from './figure.ts';

/** Figures by benchmark. */
export type Results = Readonly<Record<string, Figures>>;

const FILE = fileURLToPath(new URL('results.json', import.meta.url));

/** How much worse a figure may be than the committed one, as a part of it. */
const TOLERATED: Readonly<Record<Figure['kind'], number>> = {
  exact: 0.1,
  // Other work on the machine does that.
  wallClock: 0.35,
};

/** A difference that is nothing, whatever part of the figure it is: 0.02% throttled is as good as none. */
const NEGLIGIBLE = 0.1;

export async function readResults(): Promise<Results> {
  return JSON.parse(await readFile(FILE, 'utf8'));
}

export async function writeResults(results: Results): Promise<void> {
  await writeFile(FILE, `${JSON.stringify(results, undefined, 2)}\n`);
}

/** Says in a sentence each what is worse than it was by more than is tolerated, and what is missing. */
export function regressions(committed: Results, measured: Results): readonly string[] {
  return Object.entries(measured).flatMap(([benchmark, figures]) =>
    Object.entries(figures).flatMap(([name, figure]) => {
      const before = committed[benchmark]?.[name];
      if (!before)
        return [`${benchmark} ${name} has no committed result: run npm run bench and commit bench/results.json`];
      if (!isWorse(before, figure)) return [];
      return [`${benchmark} ${name} was ${before.value} ${before.unit} and is ${figure.value} ${figure.unit}`];
    }),
  );
}

function isWorse(before: Figure, now: Figure): boolean {
  const worse = before.better === 'higher' ? before.value - now.value : now.value - before.value;
  return worse > Math.max(Math.abs(before.value) * TOLERATED[before.kind], NEGLIGIBLE);
}

/** `npm run simulate:faults`: worlds in which everything fails that can, each of a seed. See `npm run simulate:faults -- --help`. */
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { positiveNumber, wholeNumberFrom } from '../cli/arguments.ts';
import { readCommandLine, withList } from '../contract/input/command-line.ts';
import { createCrew, THREADS } from './crew.ts';
import { FAULTS, type FaultKind, type Limits, NO_LIMITS } from './faults.ts';
import { PLANTED_FAULTS } from './planted/planted-faults.ts';
import { drawScenario } from './scenario.ts';
import { optionsFor, shrink } from './shrink.ts';
import { traceOf } from './trace.ts';
import type { Outcome } from './worker.ts';

const MOST_SEED = 2 ** 31;

const isKind = (text: string): text is FaultKind => Object.hasOwn(FAULTS, text);

function readKinds(text: string): FaultKind[] {
  const kinds = text.split(',');
  if (kinds.every(isKind)) return kinds;
  throw new InvalidArgumentError(`Allowed choices are ${Object.keys(FAULTS).join(', ')}, with commas between.`);
}

const readNumbers = (text: string) => text.split(',').map(wholeNumberFrom(0, Number.MAX_SAFE_INTEGER));

interface Options {
  readonly seeds?: number;
  readonly minutes?: number;
  readonly from?: number;
  readonly keepGoing?: boolean;
  readonly seed?: number;
  readonly all?: boolean;
  readonly off?: FaultKind[];
  readonly most?: number;
  readonly without?: number[];
  readonly planted?: boolean;
  readonly only?: string;
}

const values: Options = readCommandLine(
  withList(
    new Command('npm run simulate:faults --')
      .description('Runs seeds, one world each, and stops at the first that breaks a promise.')
      .optionsGroup('Many seeds:')
      .option('--seeds <count>', 'so many seeds (default: 1000)', wholeNumberFrom(1, MOST_SEED))
      .option('--minutes <number>', 'for so long, instead', positiveNumber)
      .option('--from <seed>', 'the first seed (default: a new one each time)', wholeNumberFrom(0, MOST_SEED))
      .option('--keep-going', 'count failing seeds, and do not stop')
      .optionsGroup('One seed again:')
      .option('--seed <seed>', 'run it, and show what happened to the users concerned', wholeNumberFrom(0, MOST_SEED))
      .option('--all', 'show everything that happened')
      .option('--off <kinds>', 'without these kinds of faults', readKinds)
      .option('--most <count>', 'without faults after so many', wholeNumberFrom(0, Number.MAX_SAFE_INTEGER))
      .option('--without <numbers>', 'without these faults', readNumbers)
      .optionsGroup('Planted faults:')
      .option('--planted', 'show that each planted fault is found, and after how many seeds')
      .option('--only <text>', 'of those, the ones with this text in their name'),
    'Kinds of faults:',
    FAULTS,
  ),
).opts();

const ORDER_GUARD = 'order guard: ';

/** Somebody is watching: seeds after which a line is printed. */
const TOLD_EVERY = 2_000;

/** Seeds after which a planted fault counts as not found. */
const MOST_SEEDS = 6_000;

if (values.planted) process.exitCode = (await showPlanted(values.only ?? '')) ? 0 : 1;
else if (values.seed !== undefined) process.exitCode = (await showSeed(values.seed, limitsGiven())) ? 0 : 1;
else process.exitCode = (await search()) ? 0 : 1;

function limitsGiven(): Limits {
  return {
    off: values.off ?? [],
    most: values.most ?? NO_LIMITS.most,
    without: values.without ?? [],
  };
}

/** Runs seeds until one fails. */
async function search(): Promise<boolean> {
  const from = values.from ?? Math.floor(Math.random() * MOST_SEED);
  const until = performance.now() + (values.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
  const count = values.seeds ?? (values.minutes === undefined ? 1_000 : Number.POSITIVE_INFINITY);
  const startedAt = performance.now();
  const failed: Outcome[] = [];
  const sum = { seeds: 0, fifo: 0, faults: 0, seconds: 0 };
  console.log(`Seeds from ${from} on, on ${THREADS} processors.`);
  const crew = createCrew();
  try {
    await crew.runAll(
      from,
      (outcome) => {
        sum.seeds++;
        sum.faults += outcome.faults;
        sum.seconds += outcome.seconds;
        if (outcome.isFifo) sum.fifo++;
        if (sum.seeds % TOLD_EVERY === 0) console.log(`${sum.seeds} seeds, ${sum.faults} faults so far.`);
        if (outcome.violations.length === 0) return;
        failed.push(outcome);
        console.log(`Seed ${outcome.seed}: ${outcome.violations[0]!.promise}`);
      },
      (seed) => seed >= from + count || performance.now() > until || (failed.length > 0 && !values.keepGoing),
    );
    const took = (performance.now() - startedAt) / 1000;
    console.log(
      `${sum.seeds} seeds in ${took.toFixed(0)} s (${((1000 * took) / sum.seeds).toFixed(0)} ms each), ${sum.fifo} of them FIFO: ` +
        `${(sum.seconds / 86_400).toFixed(1)} days of virtual time, ${sum.faults} faults, ${failed.length} failing seeds.`,
    );
    const first = failed.toSorted((a, b) => a.faults - b.faults)[0];
    if (first) await explain(crew, first);
  } finally {
    await crew.dismiss();
  }
  return failed.length === 0;
}

/** Shrinks a failing seed, and prints the command that runs it again and what happened. */
async function explain(
  crew: ReturnType<typeof createCrew>,
  { seed, violations, faults, kinds }: Outcome,
): Promise<void> {
  const { promise } = violations[0]!;
  const limits = await shrink(kinds, faults, async (fewer) => {
    const outcome = await crew.run(seed, { limits: fewer });
    return outcome.violations[0]?.promise === promise;
  });
  console.log(
    `\nTo run it again, with the fewest faults that still make it fail:\n\n  npm run simulate:faults -- ${optionsFor(seed, limits)}\n`,
  );
  const shrunk = await crew.run(seed, { limits, isTraced: true });
  print(shrunk, false);
}

async function showSeed(seed: number, limits: Limits): Promise<boolean> {
  const crew = createCrew({ threads: 1 });
  try {
    const outcome = await crew.run(seed, { limits, isTraced: true });
    print(outcome, values.all ?? false);
    return outcome.violations.length === 0;
  } finally {
    await crew.dismiss();
  }
}

function print({ seed, violations, faults, entries, fingerprint, seconds, isFifo }: Outcome, isAll: boolean): void {
  console.log(traceOf(entries, isAll ? [] : violations));
  console.log(
    `\nSeed ${seed}, ${isFifo ? 'FIFO' : 'standard'}: ${faults} faults in ${seconds.toFixed(0)} s of virtual time; fingerprint ${fingerprint}.`,
  );
  for (const { promise, what, serials } of violations.slice(0, 10))
    console.log(`Broken: ${promise}: ${what} [${serials.join(' ')}]`);
  if (violations.length === 0) console.log('No promise is broken.');
}

/** Shows for each planted fault after how many seeds it is found. */
async function showPlanted(only: string): Promise<boolean> {
  const table = new Table({ head: ['planted fault', 'found after', 'by'], style: { head: [], border: [] } });
  let areAllFound = true;
  for (const fault of PLANTED_FAULTS.filter(({ name }) => name.includes(only))) {
    const crew = createCrew({ edits: fault.edits });
    let found: Outcome | undefined;
    await crew.runAll(
      1,
      (outcome) => {
        if (outcome.violations.length > 0 && (!found || outcome.seed < found.seed)) found = outcome;
      },
      (seed) => found !== undefined || seed > MOST_SEEDS,
      // A step of the order guard can only be missing where there is one.
      (seed) => !fault.name.startsWith(ORDER_GUARD) || drawScenario(seed).orderGuard,
    );
    await crew.dismiss();
    areAllFound &&= found !== undefined;
    const after = found ? `${found.seed} seeds` : `not in ${MOST_SEEDS}`;
    console.log(`${fault.name}: ${after}`);
    table.push([fault.name, after, found?.violations[0]?.promise ?? '']);
  }
  console.log(`\n${table.toString()}`);
  return areAllFound;
}

/** `npm run simulate:faults`: worlds in which everything fails that can, each of a seed. See `npm run simulate:faults -- --help`. */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { createCrew, THREADS } from './crew.ts';
import { FAULTS, type FaultKind, type Limits, NO_LIMITS } from './faults.ts';
import { PLANTED_FAULTS } from './planted/planted-faults.ts';
import { drawScenario } from './scenario.ts';
import { optionsFor, shrink } from './shrink.ts';
import { traceOf } from './trace.ts';
import type { Outcome } from './worker.ts';

const HELP = `Usage: npm run simulate:faults -- [options]

Runs seeds, one world each, and stops at the first that breaks a promise.

  --seeds N        so many seeds (default: 1000)
  --minutes N      for so long, instead
  --from SEED      the first seed (default: a new one each time)
  --keep-going     count failing seeds, and do not stop

One seed again:

  --seed SEED      run it, and show what happened to the users concerned
  --all            show everything that happened
  --off KINDS      without these kinds of faults
  --most N         without faults after so many
  --without NUMBERS  without these faults

  --planted        show that each planted fault is found, and after how many seeds
  --only TEXT      of those, the ones with this text in their name

Kinds of faults:
${Object.entries(FAULTS)
  .map(([kind, meaning]) => `  ${kind.padEnd(24)} ${meaning}`)
  .join('\n')}`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    minutes: { type: 'string' },
    from: { type: 'string' },
    'keep-going': { type: 'boolean' },
    seed: { type: 'string' },
    all: { type: 'boolean' },
    off: { type: 'string' },
    most: { type: 'string' },
    without: { type: 'string' },
    planted: { type: 'boolean' },
    only: { type: 'string' },
    help: { type: 'boolean' },
  },
});

const ORDER_GUARD = 'order guard: ';

/** Seeds after which a planted fault counts as not found. */
const MOST_SEEDS = 3_000;

if (values.help) console.log(HELP);
else if (values.planted) process.exitCode = (await showPlanted(values.only ?? '')) ? 0 : 1;
else if (values.seed !== undefined) process.exitCode = (await showSeed(Number(values.seed), limitsGiven())) ? 0 : 1;
else process.exitCode = (await search()) ? 0 : 1;

function limitsGiven(): Limits {
  return {
    off: (values.off?.split(',') ?? []) as FaultKind[],
    most: values.most === undefined ? NO_LIMITS.most : Number(values.most),
    without: values.without?.split(',').map(Number) ?? [],
  };
}

/** Runs seeds until one fails. */
async function search(): Promise<boolean> {
  const from = values.from === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.from);
  const until = performance.now() + Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
  const count = Number(values.seeds ?? (values.minutes === undefined ? 1_000 : Number.POSITIVE_INFINITY));
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
        if (outcome.violations.length === 0) return;
        failed.push(outcome);
        console.log(`Seed ${outcome.seed}: ${outcome.violations[0]!.promise}`);
      },
      (seed) => seed >= from + count || performance.now() > until || (failed.length > 0 && !values['keep-going']),
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

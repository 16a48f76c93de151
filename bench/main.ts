/** `npm run bench`: measures, and writes what it finds to bench/results.json and the documents. See `--help`. */
import { relative } from 'node:path';
import { Command, Option } from 'commander';
import { readCommandLine } from '../contract/input/command-line.ts';
import { createTable } from '../simulation/planning/report.ts';
import { coldStart } from './cold-start.ts';
import { cpu } from './cpu.ts';
import { fairness } from './fairness.ts';
import type { Benchmark, Figures } from './figure.ts';
import { memory } from './memory.ts';
import { orderGuard } from './order-guard.ts';
import { pacing } from './pacing.ts';
import { readResults, regressions, writeResults } from './results.ts';
import { updateDocuments } from './tables.ts';
import { throughput } from './throughput.ts';

const BENCHMARKS: readonly Benchmark[] = [pacing, throughput, fairness, orderGuard, cpu, coldStart, memory];

const { only, check } = readCommandLine(
  new Command('npm run bench --')
    .description(
      'Measures the pipeline, and writes the results to bench/results.json, README.md and docs/performance.md.',
    )
    .addOption(new Option('--only <name...>', 'measure only these').choices(BENCHMARKS.map(({ name }) => name)))
    .option('--check', 'write nothing; fail when a figure is worse than the committed one', false),
).opts<{ only?: string[]; check: boolean }>();

const committed = await readResults();
const measured: Record<string, Figures> = {};
for (const { name, title, run } of BENCHMARKS) {
  if (only && !only.includes(name)) continue;
  console.log(`\n${title}`);
  const figures = await run();
  const table = createTable({ colAligns: ['left', 'right', 'left'] });
  for (const [figure, { value, unit }] of Object.entries(figures)) {
    table.push([figure, value.toLocaleString('en', { maximumFractionDigits: 3 }), unit]);
  }
  console.log(table.toString());
  measured[name] = figures;
}

if (check) {
  const problems = [
    ...regressions(committed, measured),
    ...(await updateDocuments(committed, { write: false })).map(
      (path) => `${relative('', path)} does not have the committed results: run npm run bench`,
    ),
  ];
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? '\nNothing is worse than it was.' : '');
  process.exitCode = problems.length === 0 ? 0 : 1;
} else {
  const results = { ...committed, ...measured };
  await writeResults(results);
  await updateDocuments(results, { write: true });
}

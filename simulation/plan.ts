/** `npm run simulate`: how long, how fresh, how much, with which settings. See `npm run simulate -- --help`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { USERS_PER_CALL } from '../contract/dataset/put-users-limits.ts';
import { EXIT_CODES } from '../contract/input/exit-codes.ts';
import { fileProblem } from '../contract/input/file-problem.ts';
import { SettingError } from '../lib/setting.ts';
import { adviceFor } from './planning/advice.ts';
import { readArguments, readSettings, type SimulateArguments } from './planning/arguments.ts';
import { drawCharts } from './planning/charts.ts';
import { checkAgainstEmbeddedWorld } from './planning/check.ts';
import { type Cost, costOf } from './planning/cost.ts';
import { createTable, dollarsText, duration, renderCost, renderFigures, renderSources } from './planning/report.ts';
import { type Scenario, type ScenarioOptions, scenario } from './planning/scenario.ts';
import { type SimulationResult, simulate } from './planning/simulate.ts';

interface Run {
  readonly scenario: Scenario;
  readonly result: SimulationResult;
  readonly cost: Cost;
}

async function run(options: ScenarioOptions): Promise<Run> {
  const complete = scenario(options);
  const result = await simulate(complete);
  return { scenario: complete, result, cost: costOf(result, complete.memoryInMiB) };
}

async function show({ options, charts, json }: SimulateArguments): Promise<void> {
  if (charts !== undefined) await mkdir(charts, { recursive: true });
  const startedAt = performance.now();
  const { scenario: complete, result, cost } = await run(options);
  if (charts !== undefined) await writeCharts(charts, result, complete);
  if (json) {
    console.log(JSON.stringify({ result, cost }, undefined, 2));
    return;
  }
  const computed = (performance.now() - startedAt) / 1000;
  console.log(`${duration(result.seconds)} of traffic, simulated in ${duration(computed)}\n`);
  console.log(renderFigures(result, complete));
  if (result.sources.length > 1) console.log(`\n${renderSources(result, complete)}`);
  console.log(`\n${renderCost(cost, result)}\n`);
  for (const sentence of adviceFor(result, cost, complete)) console.log(sentence);
  if (charts !== undefined) console.log(`\nThe charts are in ${charts}.`);
}

async function writeCharts(
  directory: string,
  { samples, sources }: SimulationResult,
  { quota }: Scenario,
): Promise<void> {
  const charts = drawCharts({
    samples,
    sources: sources.map(({ name }) => name),
    quota: quota.requestsPerSecond * USERS_PER_CALL,
    command: `npm run simulate -- ${process.argv.slice(2).map(quoted).join(' ')}`,
  });
  for (const { name, svg } of charts) await writeFile(join(directory, `${name}.svg`), svg);
}

/** As a shell takes it. */
function quoted(argument: string): string {
  return /^[\w./:=,%-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}

async function compare({ name, values }: NonNullable<SimulateArguments['compare']>, options: ScenarioOptions) {
  const table = createTable({
    head: [
      ...[
        name,
        'until empty',
        'users/s',
        'users a call',
        'share of quota',
        'throttled',
        'age, median',
        '99%',
        'a million',
      ],
      ...(options.hotUsers ? ['superseded', 'undone', 'dead letters'] : []),
    ],
    colAligns: Array.from({ length: 12 }, () => 'right'),
  });
  for (const value of values) {
    const { memoryInMiB, orderGuard, ...sizing } = readSettings({ [name]: value });
    const { result, cost } = await run({
      ...options,
      ...(memoryInMiB !== undefined && { memoryInMiB }),
      ...(orderGuard !== undefined && { orderGuard }),
      ...(sizing.usersPerMessage !== undefined && { usersPerMessage: sizing.usersPerMessage }),
      sizing: { ...options.sizing, ...sizing },
    });
    const { age, calls, users } = result;
    table.push([
      value,
      duration(result.seconds),
      (users.delivered / result.callingSeconds || 0).toFixed(1),
      (calls.users / calls.all || 0).toFixed(1),
      `${(100 * result.shareOfQuota || 0).toFixed(1)}%`,
      `${((100 * calls.throttled) / calls.all || 0).toFixed(2)}%`,
      age ? duration(age.median) : '',
      age ? duration(age.p99) : '',
      dollarsText((cost.dollars / users.arrived) * 1e6),
      ...(options.hotUsers ? [users.superseded, users.undone, users.deadLettered] : []),
    ]);
  }
  console.log(table.toString());
}

const args = await readArguments(process.argv);
try {
  if (args.check) process.exitCode = (await checkAgainstEmbeddedWorld()) ? 0 : 1;
  else if (args.compare) await compare(args.compare, args.options);
  else await show(args);
} catch (error) {
  const problem = fileProblem(error);
  if (problem) {
    console.error(`error: The charts cannot be written to ${args.charts}: ${problem.why}. ${problem.remedy}`);
    process.exitCode = EXIT_CODES.failed;
  } else if (error instanceof SettingError) {
    console.error(`error: ${error.message}`);
    process.exitCode = EXIT_CODES.usage;
  } else throw error;
}

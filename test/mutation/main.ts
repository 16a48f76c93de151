/**
 * `npm run mutation`: changes the code in a thousand small ways and counts, for each area, how many of them the tests notice.
 * Fails when it is fewer than `thresholds.break` per cent of one. What is known of an unchanged mutant is taken from the run before.
 *
 *     npm run mutation -- sizing producer          only these areas (test/mutation/areas.ts)
 *     npm run mutation -- producer/pack.ts aws/sqs  only these files and folders
 *     npm run mutation -- kernel --force           from the beginning
 */
import { Command } from 'commander';
import { wholeNumberFrom } from '../../cli/arguments.ts';
import { readCommandLine } from '../../contract/input/command-line.ts';
import { scoreOfArea } from './run-area.ts';
import { NotInAnyAreaError, type Selection, selectAreas } from './select-areas.ts';
import config from './stryker.config.ts';

const command = readCommandLine(
  new Command('npm run mutation --')
    .description('Changes the code in a thousand small ways, and counts what the tests notice.')
    .argument('[areas...]', 'areas, files and folders (default: everything)')
    .option('--force', 'take nothing from the run before')
    .option('--concurrency <count>', 'processes', wholeNumberFrom(1, 64)),
);
const values = command.opts<{ force?: true; concurrency?: number }>();
const required = config.thresholds.break;
const verdicts: string[] = [];
for (const selection of selected(command.args)) {
  const { killed, survived, timedOut, percent } = await scoreOfArea(selection, {
    ...(values.force && { force: true }),
    ...(values.concurrency && { concurrency: values.concurrency }),
  });
  const what = [selection.name, ...selection.only].join(' ');
  const hasPassed = percent >= required;
  if (!hasPassed) process.exitCode = 1;
  verdicts.push(
    `${hasPassed ? 'Passed' : 'Failed'}: ${what}: ${percent.toFixed(2)}% of ${killed + survived} mutants noticed (${timedOut} by running out of time), ${survived} survived`,
  );
}
console.log([...verdicts, `At least ${required}% are required of each.`].join('\n'));

function selected(given: readonly string[]): readonly Selection[] {
  try {
    return selectAreas(given);
  } catch (error) {
    if (!(error instanceof NotInAnyAreaError)) throw error;
    return command.error(`error: ${error.message}`);
  }
}

/**
 * `npm run mutation`: changes lambda/ in a thousand small ways and counts how many of them the tests notice. Fails when
 * it is fewer than `thresholds.break` per cent. What is known of an unchanged mutant is taken from the run before.
 *
 *     npm run mutation -- --mutate 'contract/message/**'     only these files
 *     npm run mutation -- --force                           from the beginning
 */
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import config from './stryker.config.ts';

const { values } = parseArgs({
  options: { mutate: { type: 'string', multiple: true }, force: { type: 'boolean' }, concurrency: { type: 'string' } },
});
const results = await new Stryker({
  configFile: 'test/mutation/stryker.config.ts',
  ...(values.mutate && { mutate: values.mutate }),
  ...(values.force && { force: true }),
  ...(values.concurrency && { concurrency: Number(values.concurrency) }),
}).runMutationTest();

const count = (...statuses: string[]) => results.filter(({ status }) => statuses.includes(status)).length;
const killed = count('Killed', 'Timeout');
const survived = count('Survived', 'NoCoverage');
const score = (100 * killed) / (killed + survived);
const required = config.thresholds.break;
const verdict = `${score.toFixed(2)}% of ${killed + survived} mutants killed, ${survived} survived`;
// Not a number when there was no mutant at all.
if (score >= required) console.log(`Passed: ${verdict} (at least ${required}% are required).`);
else {
  console.error(`Failed: ${verdict} (at least ${required}% are required).`);
  process.exitCode = 1;
}

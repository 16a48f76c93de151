/**
 * `npm run explore:order`: every interleaving and every crash of the order guard's protocol, within some bounds, and the steps that
 * are left out, each found. Prints the table of docs/adr/0013-order-guard.md; exits with 1 if a promise is broken.
 */
import Table from 'cli-table3';
import { Command } from 'commander';
import { readCommandLine } from '../contract/input/command-line.ts';
import { explore, PROTOCOL } from '../test/explore/order-model.ts';
import { FAULTS, LINGERS_TOO_LONG, SCOPES } from '../test/explore/order-scopes.ts';

readCommandLine(
  new Command('npm run explore:order --').description(
    "Explores every interleaving and every crash of the order guard's protocol.",
  ),
);

const count = (value: number) => value.toLocaleString('en');
let isAsItShouldBe = true;

const table = new Table({
  head: ['explored', 'states', 'steps', 'of which crashes', 'interleavings', 'violations'],
  style: { head: [], border: [] },
});
for (const [name, scope] of SCOPES) {
  const { states, steps, crashes, interleavings, violation } = explore(scope);
  if (violation) isAsItShouldBe = false;
  table.push([
    name,
    count(states),
    count(steps),
    count(crashes),
    Number(interleavings).toExponential(1),
    violation?.problem ?? 0,
  ]);
}
console.log(table.toString());

const planted = new Table({ head: ['left out', 'found', 'after states'], style: { head: [], border: [] } });
const lookFor = (name: string, ...what: Parameters<typeof explore>) => {
  const { violation, states } = explore(...what);
  if (!violation) isAsItShouldBe = false;
  planted.push([name, violation?.problem ?? 'NOT FOUND', count(states)]);
};
for (const [name, fault, scope] of FAULTS) lookFor(name, scope, { ...PROTOCOL, ...fault });
lookFor('(the assumption) a call lingers for longer', LINGERS_TOO_LONG);
console.log(planted.toString());
process.exitCode = isAsItShouldBe ? 0 : 1;

/**
 * Puts a million generated requests, most of them hostile, to the local PutUsers service without its socket, and checks
 * each reply and what is stored after it: `npm run fuzz:put-users`.
 * `npm run fuzz:put-users -- --runs=50000 --seed=7` for fewer, or the same again.
 */
import assert from 'node:assert/strict';
import { Command } from 'commander';
import fc from 'fast-check';
import { wholeNumberFrom } from '../cli/arguments.ts';
import { readCommandLine } from '../contract/input/command-line.ts';
import { checkCall } from '../test/support/check-put-users.ts';
import { drawnFault, hostileCall } from '../test/support/hostile-requests.ts';

/** A call that takes longer, in milliseconds, hangs. Most take some microseconds. */
const LONGEST_CALL = 5_000;

const { runs: numRuns, seed } = readCommandLine(
  new Command('npm run fuzz:put-users --')
    .option('--runs <count>', 'how many', wholeNumberFrom(1, 1_000_000_000), 1_000_000)
    .option('--seed <number>', 'the same again', wholeNumberFrom(0, 2 ** 31 - 1), Date.now() % 2 ** 31),
).opts<{ runs: number; seed: number }>();
const outcomes: Record<string, number> = {};
let slowest = 0;

console.log(`Putting ${numRuns} requests with seed ${seed}.`);
const startedAt = performance.now();
fc.assert(
  fc.property(hostileCall(), drawnFault(), (call, fault) => {
    const calledAt = performance.now();
    const reply = checkCall(call, fault);
    slowest = Math.max(slowest, performance.now() - calledAt);
    assert.ok(slowest < LONGEST_CALL, `a call took ${slowest} ms`);
    const outcome = reply.kind === 'refused' ? reply.error.name : reply.kind;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }),
  { numRuns, seed },
);
const seconds = (performance.now() - startedAt) / 1000;
console.log(`${Math.round(numRuns / seconds)} requests a second, the slowest ${slowest.toFixed(1)} ms. Seed ${seed}.`);
console.log(outcomes);

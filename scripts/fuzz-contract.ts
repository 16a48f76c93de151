/**
 * Reads a million generated bodies, most of them damaged, and checks each reading: `npm run fuzz`.
 * `npm run fuzz -- --runs=50000 --seed=7` for fewer, or the same again.
 */
import { Command } from 'commander';
import fc from 'fast-check';
import { wholeNumberFrom } from '../cli/arguments.ts';
import { readCommandLine } from '../contract/input/command-line.ts';
import { PUBLISHED_LIMITS } from '../contract/message/published-schema.ts';
import { createMessageReader } from '../contract/message/read-message.ts';
import { checkReading, problemIn } from '../test/support/check-reading.ts';
import { generatedBody } from '../test/support/hostile-bodies.ts';

const { runs: numRuns, seed } = readCommandLine(
  new Command('npm run fuzz --')
    .option('--runs <count>', 'how many', wholeNumberFrom(1, 1_000_000_000), 1_000_000)
    .option('--seed <number>', 'the same again', wholeNumberFrom(0, 2 ** 31 - 1), Date.now() % 2 ** 31),
).opts<{ runs: number; seed: number }>();
const read = createMessageReader(PUBLISHED_LIMITS);
const counts = { valid: 0, packedWithRejectedUsers: 0, rejected: 0 };
const reasons = new Set<string>();

console.log(`Reading ${numRuns} bodies with seed ${seed}.`);
const startedAt = performance.now();
fc.assert(
  fc.property(generatedBody(), ({ body }) => {
    const reading = read(body);
    checkReading(body, reading);
    if (reading.kind === 'invalid') {
      counts.rejected++;
      reasons.add(problemIn(reading.reason.message));
    } else counts[reading.users.every(({ kind }) => kind === 'valid') ? 'valid' : 'packedWithRejectedUsers']++;
  }),
  { numRuns, seed },
);
const seconds = (performance.now() - startedAt) / 1000;
console.log(`${Math.round(numRuns / seconds)} bodies a second. Seed ${seed}.`, counts);
console.log([...reasons].toSorted().join('\n'));

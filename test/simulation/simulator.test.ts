import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Crew, createCrew } from '../../simulation/crew.ts';
import { NO_LIMITS } from '../../simulation/faults.ts';
import { line } from '../../simulation/journal.ts';
import type { PlantedFault } from '../../simulation/planted/plant.ts';
import { PLANTED_FAULTS } from '../../simulation/planted/planted-faults.ts';
import { optionsFor, shrink } from '../../simulation/shrink.ts';
import type { Outcome } from '../../simulation/worker.ts';

let crew: Crew;

beforeAll(() => {
  crew = createCrew();
});

afterAll(() => crew.dismiss());

const traced = (seed: number, limits = NO_LIMITS) => crew.run(seed, { limits, isTraced: true });

test('in the worlds of some seeds no promise is broken', async () => {
  const outcomes: Outcome[] = [];
  await crew.runAll(
    1,
    (outcome) => outcomes.push(outcome),
    (seed) => seed > 60,
  );
  expect(outcomes.flatMap(({ seed, violations }) => violations.map(({ promise }) => `${seed}: ${promise}`))).toEqual(
    [],
  );
  expect(outcomes.some(({ isFifo }) => isFifo)).toBe(true);
  expect(outcomes.some(({ isFifo }) => !isFifo)).toBe(true);
  expect(outcomes.some(({ faults }) => faults === 0)).toBe(true);
  expect(outcomes.some(({ faults }) => faults > 30)).toBe(true);
}, 300_000);

test('a seed replays to the byte, whichever thread runs it and whatever ran there before', async () => {
  const seeds = Array.from({ length: 6 }, (_, index) => 1_000 + index);
  const journalsOf = async (order: readonly number[], by: Crew) => {
    const journals = new Map<number, string>();
    for (const seed of order) {
      const { entries } = await by.run(seed, { isTraced: true });
      journals.set(seed, entries.map(line).join('\n'));
    }
    return seeds.map((seed) => journals.get(seed));
  };
  const another = createCrew({ threads: 1 });
  try {
    expect(await journalsOf(seeds.toReversed(), another)).toEqual(await journalsOf(seeds, crew));
  } finally {
    await another.dismiss();
  }
}, 300_000);

test('seeds differ', async () => {
  const [one, other] = [await traced(3), await traced(4)];
  expect(one.fingerprint).not.toBe(other.fingerprint);
});

test('faults can be left out, by kind and by number', async () => {
  const faultsOf = ({ entries }: Outcome) => entries.filter(({ who }) => who === 'FAULT').map(({ what }) => what);
  const all = await traced(30);
  expect(faultsOf(all).length).toBeGreaterThan(5);
  expect(faultsOf(await traced(30, { ...NO_LIMITS, most: 3 }))).toEqual(faultsOf(all).slice(0, 3));
  expect(faultsOf(await traced(30, { ...NO_LIMITS, most: 3, without: [2] }))).toHaveLength(2);
  expect(faultsOf(await traced(30, { ...NO_LIMITS, most: 0 }))).toEqual([]);
});

test('a planted fault is found, and nothing is found without it', async () => {
  const [{ name, edits }] = PLANTED_FAULTS as [PlantedFault];
  expect(name).toBe('a message is acknowledged though its letter is not stored');
  const faulty = createCrew({ edits });
  const found: Outcome[] = [];
  try {
    await faulty.runAll(
      1,
      (outcome) => {
        if (outcome.violations.length > 0) found.push(outcome);
      },
      (seed) => found.length > 0 || seed > 300,
    );
  } finally {
    await faulty.dismiss();
  }
  expect(found[0]?.violations[0]?.promise).toBe('what is acknowledged is safe');
  expect((await crew.run(found[0]!.seed)).violations).toEqual([]);
}, 300_000);

test('shrinking leaves out what does not matter', async () => {
  const needed = 7;
  const limits = await shrink(['sqs.slow', 'function.kill'], 40, async ({ off, most, without }) => {
    return !off.includes('function.kill') && most >= needed && !without.includes(needed);
  });
  expect(limits).toEqual({ off: ['sqs.slow'], most: needed, without: [6, 5, 4, 3, 2, 1] });
  expect(optionsFor(9, limits)).toBe('--seed 9 --off sqs.slow --most 7 --without 6,5,4,3,2,1');
  expect(optionsFor(9, NO_LIMITS)).toBe('--seed 9');
});

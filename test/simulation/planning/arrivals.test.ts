import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../../local/random.ts';
import {
  type Arrivals,
  arrivalsFromCsv,
  backlogOf,
  bursts,
  constant,
  diurnal,
  messageTimes,
} from '../../../simulation/planning/arrivals.ts';

const timesOf = (arrivals: Arrivals, usersPerMessage = 1) => [
  ...messageTimes(arrivals, usersPerMessage, seededRandom(1)),
];
const between = (times: readonly number[], from: number, to: number) =>
  times.filter((time) => time >= from * 1000 && time < to * 1000).length;

test('a backlog is there at the start, packed into as few messages as hold it', () => {
  expect(timesOf(backlogOf(25), 10)).toEqual([0, 0, 0]);
});

test('a constant rate has its users, give or take what chance does', () => {
  const times = timesOf(constant(50, 1000));
  expect(times.length).toBeGreaterThan(50_000 - 1000);
  expect(times.length).toBeLessThan(50_000 + 1000);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times.at(-1)!).toBeLessThan(1_000_000);
});

test('regular arrivals are exactly as many as the rate has, evenly spaced', () => {
  expect(timesOf({ ...constant(2, 2), isRegular: true })).toEqual([0, 500, 1000, 1500]);
});

test('packing divides the messages, not the users', () => {
  expect(timesOf(constant(50, 1000), 10).length).toBeLessThan(5_300);
});

test('a day has a night: a tenth of the peak at its start, the peak at noon, and the rate on average', () => {
  const times = timesOf(diurnal(10, 86_400));
  const [night, noon] = [between(times, 0, 3600), between(times, 12 * 3600, 13 * 3600)];
  expect(times.length / 86_400).toBeCloseTo(10, 0);
  expect(noon / night).toBeGreaterThan(8);
  expect(noon / night).toBeLessThan(12);
});

test('a burst comes within ten seconds, again and again', () => {
  const times = timesOf(bursts(1, { users: 1000, everySeconds: 600 }, 1800));
  for (const start of [0, 600, 1200]) {
    expect(between(times, start, start + 10)).toBeGreaterThan(900);
    expect(between(times, start + 10, start + 600)).toBeLessThan(700);
  }
});

describe('a CSV file', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'arrivals-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  const file = (text: string) => {
    const path = join(directory, 'arrivals.csv');
    writeFileSync(path, text);
    return path;
  };

  test('gives rates until its last line', async () => {
    const arrivals = await arrivalsFromCsv(file('seconds,usersPerSecond\n0,10\n100,0\n200,10\n300,0\n'));
    const times = timesOf(arrivals);
    expect(between(times, 100, 200)).toBe(0);
    expect(between(times, 200, 300)).toBeGreaterThan(800);
    expect(between(times, 300, 1000)).toBe(0);
  });

  test.each([
    ['a rate that is no number', '0,10\n60,many\n', 'line 3: usersPerSecond takes a number from 0, but got "many"'],
    ['a time before the one above', '60,10\n0,10\n', 'line 3: seconds must be more than in the line before'],
    ['a negative time', '-1,10\n60,10\n', 'line 2: seconds takes a number from 0, but got "-1"'],
    ['one line only', '0,10\n', 'needs two lines at least'],
  ])('with %s is refused with the line', async (_, lines, message) => {
    await expect(arrivalsFromCsv(file(`seconds,usersPerSecond\n${lines}`))).rejects.toThrow(message);
  });

  test('with other columns is refused', async () => {
    await expect(arrivalsFromCsv(file('time,rate\n0,10\n60,10\n'))).rejects.toThrow('seconds takes a number');
  });

  test('that is not there is refused with its name', async () => {
    await expect(arrivalsFromCsv(join(directory, 'none.csv'))).rejects.toThrow('none.csv cannot be read');
  });
});

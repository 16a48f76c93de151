import { describe, expect, test } from '@jest/globals';
import { parseFaults, readArguments } from '../../local/arguments.ts';
import { ACCEPTED_BY_DEFAULT, UNCERTAIN_KINDS } from '../../local/put-users/uncertain-misfits.ts';

const SAMPLES = { users: 'samples.jsonl', schema: 'samples.avsc' };
const read = (...args: string[]) => readArguments(['node', 'main.ts', ...args], SAMPLES);

describe("users are held to the samples' schema", () => {
  test.each([[[]], [['--serve']], [['--users', 'mine.jsonl']], [['--users', 'mine.jsonl', '--serve']]])(
    'with the arguments %j',
    (args) => {
      expect(read(...args).schema).toBe('samples.avsc');
    },
  );

  test('or to another, or to none', () => {
    expect(read('--serve', '--schema', 'mine.avsc').schema).toBe('mine.avsc');
    expect(read('--no-schema').schema).toBeUndefined();
    expect(read('--users', 'mine.jsonl', '--no-schema').schema).toBeUndefined();
  });
});

test('the samples are sent unless other users are, or the world is to stay up', () => {
  expect(read().users).toBe('samples.jsonl');
  expect(read('--serve').users).toBeUndefined();
  expect(read('--serve', '--users', 'mine.jsonl').users).toBe('mine.jsonl');
});

test('what PutUsers takes though it does not fit can be said', () => {
  expect(read().accept).toEqual(ACCEPTED_BY_DEFAULT);
  expect(read('--accept', 'none').accept).toEqual([]);
  expect(read('--accept', 'all').accept).toEqual(UNCERTAIN_KINDS);
  expect(read('--accept', 'missing,numberForText').accept).toEqual(['missing', 'numberForText']);
});

test.each([
  ['throttling', 'throttling has no number: it takes throttling=number, such as throttling=0.05,seed=7.'],
  ['throttling=', 'throttling has no number'],
  ['throttling=often', 'throttling takes a number, such as throttling=0.05,seed=7, not often.'],
  ['throttling=NaN', 'throttling takes a number, such as throttling=0.05,seed=7, not NaN.'],
  ['throttling=Infinity', 'not Infinity.'],
  ['throttling=0x1', 'not 0x1.'],
  ['throttling=0.1=0.2', 'not 0.1=0.2.'],
  ['', 'It takes name=number'],
  ['throttling=0.1,', 'It takes name=number'],
  ['=0.1', 'It takes name=number'],
  ['throttling=0.1,throttling=0', 'throttling is there twice.'],
  ['throtling=0.1', 'throtling is not known; there is throttling'],
  ['__proto__=1', '__proto__ is not known'],
  ['conflict=-0.1', 'conflict must be a rate from 0 to 1, not -0.1'],
  ['throttling=0.6,serverError=0.6', 'must add up to 1 at most'],
])('--faults %j is refused in words', (text, sentence) => {
  expect(() => parseFaults(text)).toThrow(sentence);
});

test('--faults takes names and numbers, with blanks around them', () => {
  expect(parseFaults('throttling = .05, seed=7,slow=1e-1')).toMatchObject({ throttling: 0.05, seed: 7, slow: 0.1 });
});

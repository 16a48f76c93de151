import { expect, test } from '@jest/globals';
import { parseFaults } from '../../local/arguments.ts';

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

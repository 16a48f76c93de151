import { describe, expect, test } from '@jest/globals';
import { hasFoundAllMembers, isExactNumber, isReadExactly, readExactly } from '../../../contract/message/exact-json.ts';

const readAll = (json: string, levels = 9) => readExactly(json, { start: 0, end: json.length }, levels);

describe('a number is read exactly', () => {
  test.each([0, 7, -7, 1.5, 5e-324, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])('%p', (number) => {
    expect(isReadExactly(number)).toBe(true);
  });

  test.each([-0, 2 ** 53, -(2 ** 53), 1e300, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN])(
    'but not %p',
    (number) => {
      expect(isReadExactly(number)).toBe(false);
    },
  );

  test.each(['7', '-7', '1.5', '0.1', '1e-7'])('and %s stays a number', (source) => {
    expect(readAll(source)).toBe(Number(source));
  });

  test.each(['9007199254740993', '-0', '1.50', '1e3', '1.0', '0.1000000000000000055'])(
    'or is kept as the text that it was written with: %s',
    (source) => {
      const number = readAll(source);
      expect(isExactNumber(number)).toBe(true);
      expect(JSON.stringify(number)).toBe(source);
    },
  );
});

test('what is no number is read as JSON.parse reads it', () => {
  const json = '{ "s" : "a\\n" , "t":true,"n":null, "__proto__": [ ], "l":[ 1 , "two", {} ] }';
  expect(JSON.stringify(readAll(json))).toBe(JSON.stringify(JSON.parse(json)));
});

test('what is deeper than one wants to know is left empty', () => {
  const json = '{"a":{"b":{"c":1}},"l":[[[1]]]}';
  expect(readAll(json, 0)).toEqual({});
  expect(readAll(json, 1)).toEqual({ a: {}, l: [] });
  expect(readAll(json, 2)).toEqual({ a: { b: {} }, l: [[]] });
  expect(readAll('[1]', 0)).toEqual([]);
});

describe('JSON.parse has surely found all members', () => {
  const sure = (json: string) => hasFoundAllMembers(json, [JSON.parse(json)]);

  test.each(['{}', '{"a":1,"b":"c"}', '{ "a" : 1 }', '{"a":"\\n"}', '{"a":"b:c"}'])('of %s', (json) => {
    expect(sure(json)).toBe(true);
  });

  test('of several objects together', () => {
    const json = '{"a":{"b":1},"c":{"d":2}}';
    const whole = JSON.parse(json);
    expect(hasFoundAllMembers(json, [whole, whole.a, whole.c])).toBe(true);
    expect(hasFoundAllMembers(json, [whole, whole.a])).toBe(false);
  });

  test.each([
    ['one is given twice', '{"a":1,"a":2}'],
    ['a name may be another one, by a mistake of V8', '{"a\\\\":1}'],
    ['a string looks like a member', '{"a":" :"}'],
  ])('but not if %s', (_, json) => {
    expect(sure(json)).toBe(false);
  });
});

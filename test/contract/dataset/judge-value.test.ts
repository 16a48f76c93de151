import { describe, expect, test } from '@jest/globals';
import { judgeValue, takes, type Value } from '../../../contract/dataset/judge-value.ts';
import type { MisfitKind } from '../../../contract/dataset/misfits.ts';
import type { FieldType } from '../../../contract/dataset/users-schema.ts';
import { exactNumber } from '../../../contract/message/exact-json.ts';

function judge(types: FieldType | readonly FieldType[], value: Value, categorical = false) {
  const list = typeof types === 'string' ? [types] : types;
  return judgeValue({ name: 'FIELD', property: 'field', types: list, categorical }, value);
}

const exact = (text: string) => exactNumber(text);

describe('a value fits the type of its field', () => {
  test.each<[FieldType | readonly FieldType[], Value]>([
    ['string', ''],
    ['string', '12'],
    ['boolean', false],
    ['int', 0],
    ['int', -(2 ** 31)],
    ['int', 2 ** 31 - 1],
    ['int', '45'],
    ['int', '-7'],
    ['long', 2 ** 31],
    ['long', exact('9223372036854775807')],
    ['long', '-9223372036854775808'],
    ['float', 4.5],
    ['float', '4.5'],
    ['float', '1e3'],
    ['double', 1e300],
    ['double', 7],
    ['double', exact('0.10000000000000000001')],
    ['null', null],
    [['null', 'string'], null],
    [['int', 'string'], 'many'],
    [['string', 'int'], 12],
    [['int', 'double', 'null'], 4.5],
  ])('%j takes %j as it is', (types, value) => {
    expect(judge(types, value)).toEqual({ kind: 'fits' });
  });

  test.each<[FieldType | readonly FieldType[], string, string]>([
    ['int', '31.0', '31'],
    ['int', '1e1', '10'],
    ['int', '-0', '0'],
    ['long', '9.223372036854775807e18', '9223372036854775807'],
    [['null', 'int'], '31.00', '31'],
  ])('%j takes the number %s as %s', (types, written, digits) => {
    expect(judge(types, exact(written))).toEqual({ kind: 'fitsAs', value: exact(digits) });
  });
});

describe('a value that does not fit is told by its kind', () => {
  test.each<[FieldType | readonly FieldType[], Value, MisfitKind]>([
    ['int', '', 'notANumber'],
    ['int', 'many', 'notANumber'],
    ['int', '12 apples', 'notANumber'],
    ['long', '--', 'notANumber'],
    ['double', 'much', 'notANumber'],
    ['float', 'e', 'notANumber'],
    [['null', 'int'], 'x', 'notANumber'],
    ['int', 2 ** 31, 'outOfRange'],
    ['int', -(2 ** 31) - 1, 'outOfRange'],
    ['int', '2147483648', 'outOfRange'],
    ['int', 1e300, 'outOfRange'],
    ['long', exact('9223372036854775808'), 'outOfRange'],
    ['long', exact('-9223372036854775809'), 'outOfRange'],
    ['float', 1e39, 'outOfRange'],
    ['double', '1e999', 'outOfRange'],
    ['int', 1.5, 'fraction'],
    ['int', '31.5', 'fraction'],
    ['long', exact('9007199254740993.5'), 'fraction'],
    ['int', '31.0', 'otherNumberText'],
    ['int', '1e1', 'otherNumberText'],
    ['int', ' 31', 'otherNumberText'],
    ['int', '031', 'otherNumberText'],
    ['int', '+31', 'otherNumberText'],
    ['int', '1,000', 'otherNumberText'],
    ['int', '0x1F', 'otherNumberText'],
    ['int', '31L', 'otherNumberText'],
    ['double', '.5', 'otherNumberText'],
    ['double', 'NaN', 'otherNumberText'],
    ['double', '-Infinity', 'otherNumberText'],
    ['string', 12, 'numberForText'],
    ['string', exact('9007199254740993'), 'numberForText'],
    ['string', true, 'booleanForText'],
    ['boolean', 'true', 'textForBoolean'],
    ['boolean', 'yes', 'otherBooleanText'],
    ['boolean', 1, 'numberForBoolean'],
    ['int', true, 'booleanForNumber'],
    ['double', false, 'booleanForNumber'],
    ['null', 'x', 'valueForNull'],
    ['string', null, 'nullNotAllowed'],
    [['int', 'string'], true, 'booleanForNumber'],
    [['int', 'boolean'], 'many', 'otherBooleanText'],
  ])('%j and %j: %s', (types, value, kind) => {
    expect(judge(types, value)).toMatchObject({ kind: 'misfit', misfit: kind });
  });

  test('only of a category is the length limited, in characters', () => {
    expect(judge('string', 'x'.repeat(1001))).toEqual({ kind: 'fits' });
    expect(judge('string', '\u{1F600}'.repeat(1000), true)).toEqual({ kind: 'fits' });
    expect(judge('string', 'x'.repeat(1001), true)).toMatchObject({ misfit: 'longCategory' });
  });

  test('the problem says what it got and what the schema takes', () => {
    expect(judge(['int', 'null'], 'ma\u00a0ny')).toMatchObject({
      problem: `"ma\\u00a0ny" is no number; the schema's FIELD takes a whole number of 32 bits (int) or null`,
    });
    expect(judge('boolean', 'x'.repeat(100))).toMatchObject({
      problem: expect.stringContaining(`"${'x'.repeat(40)}..." is a text; the schema's FIELD takes true or false`),
    });
  });
});

describe('a text that is no number as JSON writes it', () => {
  test.each(
    [
      '1_000',
      '1,000',
      "1'000",
      '1 000',
      '+1',
      '031',
      ' 31 ',
      '31.',
      '.5',
      '-0x1F',
      '0b11',
      '1e+5',
      '1,0e-12',
      '1,5E10',
      '1.5f',
      '31L',
      '2D',
    ].concat(['NaN', 'inf', '-inf', '+Infinity', ' nan ']),
  )('%j may be one for some parser', (text) => {
    expect(judge('double', text)).toMatchObject(text === '1e+5' ? { kind: 'fits' } : { misfit: 'otherNumberText' });
  });

  test.each([
    'banana',
    'nano',
    'infinite',
    'x1',
    '1x',
    '1e5x',
    '1ee5',
    '1e',
    'a0x1F',
    '0x1Fg',
    '0x',
    'e5',
    ',',
    '',
    ' ',
  ])('%j is none for any', (text) => {
    expect(judge('double', text)).toMatchObject({ misfit: 'notANumber' });
  });
});

test('what a field takes is said type by type', () => {
  const types = ['null', 'boolean', 'int', 'long', 'float', 'double', 'string'] as const;
  expect(takes({ name: 'AGE', property: 'age', categorical: false, types })).toBe(
    "the schema's AGE takes null or true or false or a whole number of 32 bits (int) or a whole number of 64 bits (long) or a number (float) or a number (double) or a text (string)",
  );
});

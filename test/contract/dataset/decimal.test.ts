import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitsInto, JSON_NUMBER, wholeOf } from '../../../contract/dataset/decimal.ts';

describe('the whole number that a text stands for', () => {
  test.each([
    ['0', 0n],
    ['-0', 0n],
    ['0.00e7', 0n],
    ['31', 31n],
    ['31.0', 31n],
    ['3.1e1', 31n],
    ['310e-1', 31n],
    ['-1e1', -10n],
    ['9007199254740993', 9007199254740993n],
    ['9223372036854775807', 9223372036854775807n],
    ['99999999999999999999', 99999999999999999999n],
    ['1e19', 10000000000000000000n],
    ['0.0120e4', 120n],
    ['1.0e+2', 100n],
    ['-9223372036854775808.000', -9223372036854775808n],
  ])('%s is %s', (text, value) => {
    expect(wholeOf(text)).toEqual({ kind: 'whole', value });
  });

  test.each([
    '0.5',
    '31.5',
    '9007199254740993.5',
    '1e-1',
    '3.0000000000000000001',
    '1e-999999999999',
    '10e-2',
    '0.012e1',
  ])('%s has a fraction', (text) => expect(wholeOf(text)).toEqual({ kind: 'fraction' }));

  test.each(['1e20', '123456789012345678901', '1e999999999999'])('%s is beyond all types', (text) => {
    expect(wholeOf(text)).toEqual({ kind: 'huge' });
  });

  test.each(['0', '-0', '10', '1.50', '-3.1e1', '1E+7', '2e-09'])('%s is a number as JSON has it', (text) => {
    expect(JSON_NUMBER.test(text)).toBe(true);
    expect(() => JSON.parse(text)).not.toThrow();
  });

  test.each(['', '01', '+1', '1.', '.5', '1e', '1e1.5', '- 1', '1 ', ' 1', '1e1x', 'x1', '0x1', '--1', '1.5.5'])(
    '%j is none',
    (text) => {
      expect(JSON_NUMBER.test(text)).toBe(false);
    },
  );

  test('fits into 64 bits up to the last digit', () => {
    expect(fitsInto(64, wholeOf('9223372036854775807'))).toBe(true);
    expect(fitsInto(64, wholeOf('9223372036854775808'))).toBe(false);
    expect(fitsInto(64, wholeOf('-9223372036854775808'))).toBe(true);
    expect(fitsInto(64, wholeOf('-9223372036854775809'))).toBe(false);
    expect(fitsInto(32, wholeOf('2147483647'))).toBe(true);
    expect(fitsInto(32, wholeOf('2147483648'))).toBe(false);
    expect(fitsInto(32, wholeOf('-2147483648'))).toBe(true);
    expect(fitsInto(64, wholeOf('1e99'))).toBe(false);
    expect(fitsInto(64, wholeOf('0.5'))).toBe(false);
  });

  test('however it is written, it is the same', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.nat(5),
        fc.nat(5),
        (value, zeros, exponent) => {
          const digits = `${value}${'0'.repeat(exponent)}`;
          const point = digits.length - exponent;
          const written = `${digits.slice(0, point)}${exponent > 0 ? `.${digits.slice(point)}` : ''}`;
          expect(wholeOf(written)).toEqual({ kind: 'whole', value });
          expect(wholeOf(`${value}${'0'.repeat(zeros)}e-${zeros}`)).toEqual({ kind: 'whole', value });
        },
      ),
    );
  });
});

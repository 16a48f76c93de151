import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { mayHoldLongNumbers } from '../../../contract/dataset/admission.ts';
import { createGlance } from '../../../contract/dataset/fit-at-a-glance.ts';
import { judgeValue, type Value } from '../../../contract/dataset/judge-value.ts';
import { FIELD_TYPES } from '../../../contract/dataset/users-schema.ts';
import { exactNumber } from '../../../contract/message/exact-json.ts';

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(2 ** 31, -(2 ** 31), 2 ** 31 - 1, 2 ** 53, 2 ** 63, -0, 3.5e38, 1e300, 31.5),
);
const value: fc.Arbitrary<Value> = fc.oneof(
  number,
  number.map((each) => String(each)),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('1'.repeat(1000), '1'.repeat(1001), '031', '-0', '', '2147483648', '999999999'),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('31.0', '9007199254740993', '1e400').map(exactNumber),
);
const field = fc
  .tuple(fc.uniqueArray(fc.constantFrom(...FIELD_TYPES), { minLength: 1 }), fc.boolean())
  .map(([types, categorical]) => ({ name: 'X', property: 'x', types, categorical }));

test('what fits at a glance fits', () => {
  fc.assert(
    fc.property(field, value, (field, value) => {
      if (createGlance(field)(value)) expect(judgeValue(field, value)).toEqual({ kind: 'fits' });
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ['int', 31],
  ['long', 2 ** 40],
  ['long', '45'],
  ['float', 0.5],
  ['double', 1e300],
  ['string', 'Oslo'],
  ['boolean', true],
  ['null', null],
] as const)('what %s usually holds fits at a glance: %j', (type, value) => {
  expect(createGlance({ name: 'X', property: 'x', types: [type], categorical: false })(value)).toBe(true);
});

test('a long number is found wherever it stands, and nothing else is', () => {
  const part = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.stringMatching(/^[\d.]{1,19}$/),
    fc.constantFrom('31.00000000000000001', '1234567890123456', '12345678901234567', ','),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const body = parts.join('');
      expect(mayHoldLongNumbers(body)).toBe(/[\d.]{17}/.test(body));
    }),
    { numRuns: 5_000 },
  );
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMessageReader } from '../../../contract/message/read-message.ts';
import { readUser } from '../../../producer/read-user.ts';
import { runs } from '../../support/property-runs.ts';

const read = createMessageReader({ maxPropertiesLength: 4096 });

const forms: readonly [string, (number: string) => string][] = [
  ['in an object', (number) => `{"userId":"a","properties":{"n":${number}}}`],
  ['in a text', (number) => JSON.stringify({ userId: 'a', properties: `{"n":${number}}` })],
  ['packed', (number) => `{"users":[{"userId":"a","properties":{"n":${number}}}]}`],
];

function outcomeOf(body: string): string {
  const reading = read(body);
  if (reading.kind === 'invalid') return reading.reason.message;
  const [user] = reading.users;
  return user!.kind === 'valid' ? user!.user.properties! : user!.reason.message;
}

const valueIn = (properties: string) => (JSON.parse(properties) as { n: number }).n;

test.each(forms)('a number that a double cannot hold is refused, too small as too large, %s', (_, bodyOf) => {
  for (const small of ['1e-400', '-1E-400', '1e-0400', `0.${'0'.repeat(400)}1`, `0.${'0'.repeat(240)}1e-99`]) {
    expect(outcomeOf(bodyOf(small))).toMatch(/properties\.n: is a number too small for a double$/);
  }
  expect(outcomeOf(bodyOf('1e400'))).toMatch(/properties\.n: is a number too large for a double$/);
});

test.each(forms)('and what it can hold is taken, zero in any form too, %s', (_, bodyOf) => {
  for (const number of ['0', '-0', '5e-324', '1e-300', '1.5e-7', '9007199254740993', '0.0', '0e-400', '0E999']) {
    expect(valueIn(outcomeOf(bodyOf(number)))).toBe(Number(number));
  }
});

test('of any number that JSON can write, none but zero arrives as zero', () => {
  const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength });
  const zeros = fc.oneof(
    fc.constant(''),
    fc.nat(330).map((count) => '0'.repeat(count)),
  );
  const number = fc
    .tuple(zeros, digits(4), fc.integer({ min: -450, max: 300 }))
    .map(([fraction, tail, exponent]) => `0.${fraction}${tail}e${exponent}`);
  fc.assert(
    fc.property(number, fc.constantFrom(...forms), (written, [, bodyOf]) => {
      const isZero = !/[1-9]/.test(written.split('e')[0]!);
      const outcome = outcomeOf(bodyOf(written));
      if (isZero || Number(written) !== 0) expect(valueIn(outcome)).toBe(Number(written));
      else expect(outcome).toContain('is a number too small for a double');
    }),
    runs(1_000),
  );
});

test('a bigint beyond a double is refused to a program as well', () => {
  expect(readUser({ userId: 'a', properties: { n: 10n ** 400n } }, read)).toMatchObject({
    reason: { message: 'properties.n: is a number too large for a double' },
  });
});

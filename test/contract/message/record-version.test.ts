import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMessageReader } from '../../../contract/message/read-message.ts';
import { parseRecordVersion, versionOfTime, writeRecordVersion } from '../../../contract/message/record-version.ts';
import { writeUser } from '../../../contract/message/write-message.ts';
import { runs } from '../../support/property-runs.ts';

const read = createMessageReader({ maxPropertiesLength: 4096 });

function versionIn(body: string) {
  const reading = read(body);
  if (reading.kind === 'invalid') return reading.reason.message;
  const [user] = reading.users;
  if (!user) return undefined;
  return user.kind === 'valid' ? user.version : user.reason.message;
}

describe('the version of a user', () => {
  test.each<[string, string, bigint]>([
    ['a whole number', '17', 17_000_000n],
    ['nothing', '0', 0n],
    ['a number beyond what a double holds, to the digit', '9007199254740993', 9007199254740993_000000n],
    ['the largest of 64 bits', '18446744073709551615', 18446744073709551615_000000n],
    ['a whole number with an exponent', '1e3', 1000_000000n],
    ['a time', '"2026-11-26T09:30:00Z"', 1795685400000_000000n],
    ['a time with milliseconds', '"2026-11-26T09:30:00.123Z"', 1795685400123_000000n],
    ['a time to the nanosecond', '"2026-11-26T09:30:00.123456789Z"', 1795685400123_456789n],
    ['the first second of all', '"1970-01-01T00:00:00Z"', 0n],
    ['a time that is before 1970 by the clock of its zone alone', '"1969-12-31T23:30:00-01:00"', 1_800_000_000000n],
    ['a number that is whole for all its point', '7.0', 7_000000n],
    ['a time of another zone', '"2026-11-26T10:30:00.5+01:00"', 1795685400500_000000n],
  ])('may be %s', (_, version, order) => {
    expect(versionIn(`{"userId":"a","version":${version}}`)).toMatchObject({ order });
    expect(versionIn(`{"users":[{"version":${version},"userId":"a","properties":{"n":7.0}}]}`)).toMatchObject({
      order,
    });
  });

  test.each([
    ['-1', /must be a whole number/],
    ['1.5', /must be a whole number/],
    ['18446744073709551616', /must be a whole number from 0 to 18446744073709551615/],
    ['1e400', /must be a whole number/],
    ['true', /must be a whole number/],
    ['null', /must be a whole number/],
    ['{}', /must be a whole number/],
    ['"17"', /leave out the quotes/],
    ['9007199254740992.5', /must be a whole number/],
    ['9007199254740993.0', /must be a whole number/],
    ['1e19', /must be a whole number/],
    ['-9007199254740993', /must be a whole number/],
    ['100000000000000000000', /must be a whole number/],
    ['[]', /must be a whole number/],
    ['""', /or a time like/],
    ['"x2026-11-26T09:30:00Z"', /or a time like/],
    ['"2026-11-26T09:30:00Zx"', /or a time like/],
    ['"17x"', /or a time like/],
    ['"2026-11-26T09:30:00.Z"', /or a time like/],
    ['"2026-11-26T09:30:00.1234567890Z"', /or a time like/],
    ['"2026-11-26T09:30:00+24:00"', /or a time like/],
    ['"2026-11-26T09:30:00+01:60"', /or a time like/],
    ['"2026-11-26T24:00:00Z"', /is a time that there is not/],
    ['"1970-01-01T00:30:00+01:00"', /is a time before 1970/],
    ['"yesterday"', /or a time like/],
    ['"2026-11-26"', /or a time like/],
    ['"2026-11-26T09:30:00"', /or a time like/],
    ['"2026-02-30T09:30:00Z"', /is a time that there is not/],
    ['"2026-11-26T25:30:00Z"', /is a time that there is not/],
    ['"1969-11-26T09:30:00Z"', /is a time before 1970/],
  ])('is not %s', (version, problem) => {
    expect(versionIn(`{"userId":"a","version":${version}}`)).toMatch(problem);
    expect(versionIn(`{"userId":"a","version":${version}}`)).toMatch(/^version: /);
  });

  test('is not given twice', () => {
    expect(versionIn('{"userId":"a","version":1,"version":2}')).toBe('version: is given twice');
  });

  test('is no part of what PutUsers gets', () => {
    expect(read('{"userId":"a","version":1}')).toMatchObject({ users: [{ user: { userId: 'a' } }] });
    const reading = read('{"userId":"a","version":1}');
    expect(reading.kind === 'users' && reading.users[0]!.kind === 'valid' && reading.users[0]!.user).toEqual({
      userId: 'a',
    });
  });

  test('stays with a user that is written as a message of its own', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.bigInt(0n, 2n ** 64n - 1n).map(String),
          fc
            .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
            .map((date) => JSON.stringify(date.toISOString())),
        ),
        (version) => {
          const reading = read(`{"users":[{"userId":"a","version":${version}}]}`);
          if (reading.kind === 'invalid' || reading.users[0]?.kind !== 'valid') throw new Error('not read');
          const [{ user, version: given }] = reading.users;
          expect(writeUser(user, given)).toBe(`{"userId":"a","version":${version}}`);
          expect(versionIn(writeUser(user, given))).toEqual(given);
        },
      ),
      runs(200),
    );
  });
});

describe('the attribute of a dead letter', () => {
  test('keeps every version as it is', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, (2n ** 64n - 1n) * 1_000_000n), (order) => {
        expect(parseRecordVersion(writeRecordVersion(order))).toBe(order);
      }),
      runs(500),
    );
  });

  test('reads as the milliseconds of a time', () => {
    expect(writeRecordVersion(versionOfTime(1795685400123))).toBe('1795685400123');
  });

  test('is written without the zeros that say nothing', () => {
    expect([0n, 1n, 1_500_000n, 1_000_010n, 20_000_000n].map(writeRecordVersion)).toEqual([
      '0',
      '0.000001',
      '1.5',
      '1.00001',
      '20',
    ]);
  });

  test('holds the largest version, and nothing beyond it', () => {
    expect(parseRecordVersion('18446744073709551615')).toBe((2n ** 64n - 1n) * 1_000_000n);
    expect(parseRecordVersion('18446744073709551616')).toBeUndefined();
    expect(parseRecordVersion(undefined)).toBeUndefined();
  });

  test.each(['', 'v2', '2v', '1.', '-1', '1.2345678', '100000000000000000000'])('is not %j', (text) => {
    expect(parseRecordVersion(text)).toBeUndefined();
  });
});

/** What each answer of the table of versions means, on either side of its limits. */
import { describe, expect, test } from '@jest/globals';
import {
  admissionOf,
  afterEnd,
  afterLease,
  endOf,
  type LeaseRequest,
  leaseUntil,
  mayEnd,
  mayLease,
  problemWithEnd,
  type StoredVersion,
} from '../../../../lambda/core/order/lease.ts';

const REQUEST: LeaseRequest = { userId: 'a', version: 7n, owner: 'me', now: 1_000, until: 9_000 };
const FAILED = { kind: 'failed', reason: { code: 'OrderTableUnavailable', message: 'away' } } as const;

describe('the lease of a user', () => {
  test.each<[string, boolean, StoredVersion]>([
    ['of whom nothing is known', true, {}],
    ['of whom an older record was delivered', true, { delivered: 6n }],
    ['of whom a record of the same age was delivered, for neither undoes the other', true, { delivered: 7n }],
    ['of whom a newer record was delivered', false, { delivered: 8n }],
    ['who is held by the same invocation, whose answer was lost', true, { owner: 'me', until: 9_000 }],
    ['who is held by another', false, { owner: 'other', until: 1_001 }],
    ['who is held until now, for a clock may be a millisecond off', false, { owner: 'other', until: 1_000 }],
    ['whose holder has run out of time', true, { owner: 'other', until: 999 }],
    ['whose holder has run out of time after a newer one', false, { owner: 'other', until: 999, delivered: 8n }],
  ])('%s: given is %p', (_, given, stored) => {
    expect(mayLease(stored, REQUEST)).toBe(given);
  });

  test('forgets no delivered version when it is given', () => {
    expect(afterLease({ delivered: 6n, owner: 'other', until: 1 }, REQUEST)).toEqual({
      delivered: 6n,
      owner: 'me',
      until: 9_000,
    });
  });

  test('outlives the invocation by the time in which a call may still take effect', () => {
    expect(leaseUntil(1_000)).toBe(61_000);
  });
});

describe('a record', () => {
  test('is called under a lease', () => {
    expect(admissionOf({ kind: 'leased', stored: {} }, REQUEST)).toEqual({ kind: 'call' });
  });

  test('is superseded by a newer one that was delivered, whoever holds the lease', () => {
    const stored = { delivered: 8n, owner: 'other', until: 5_000 };
    expect(admissionOf({ kind: 'refused', stored }, REQUEST)).toEqual({ kind: 'superseded' });
  });

  test.each([undefined, 6n, 7n])('waits for the holder when the newest that was delivered is %p', (delivered) => {
    const stored = { delivered, owner: 'other', until: 61_001 };
    expect(admissionOf({ kind: 'refused', stored }, REQUEST)).toEqual({ kind: 'wait', until: 61_001 });
  });

  test('comes back later when the lease is one that runs out, and is not given back', () => {
    const stored = { owner: 'other', until: 61_000 };
    expect(admissionOf({ kind: 'refused', stored }, REQUEST)).toEqual({ kind: 'later', until: 61_000 });
  });

  test('is tried again at once when the holder has gone meanwhile', () => {
    expect(admissionOf({ kind: 'refused', stored: {} }, REQUEST)).toEqual({ kind: 'wait', until: 1_000 });
  });

  test('is not called when the table does not answer', () => {
    expect(admissionOf(FAILED, REQUEST)).toBe(FAILED);
  });
});

describe('the end of a lease', () => {
  const hold = { request: REQUEST, stored: {}, mayLinger: false };

  test('says what was delivered, and gives the user free', () => {
    expect(endOf(hold, 7n, 2_000)).toEqual({ userId: 'a', owner: 'me', now: 2_000, delivered: 7n });
    expect(endOf(hold, undefined, 2_000)).toEqual({ userId: 'a', owner: 'me', now: 2_000 });
  });

  test('keeps the user for a minute when a call may still take effect', () => {
    expect(endOf({ ...hold, mayLinger: true }, undefined, 2_000)).toMatchObject({ keptUntil: 62_000 });
  });

  test('is for its holder alone', () => {
    const end = endOf(hold, 7n, 2_000);
    expect(mayEnd({ owner: 'me' }, end)).toBe(true);
    expect([mayEnd({ owner: 'other' }, end), mayEnd({}, end)]).toEqual([false, false]);
  });

  test('leaves what was delivered before, or now', () => {
    const stored = { delivered: 6n, owner: 'me', until: 9_000 };
    expect(afterEnd(stored, endOf(hold, undefined, 2_000))).toEqual({ delivered: 6n });
    expect(afterEnd(stored, endOf(hold, 7n, 2_000))).toEqual({ delivered: 7n });
    expect(afterEnd({ owner: 'me', until: 9_000 }, endOf(hold, undefined, 2_000))).toEqual({});
    expect(afterEnd(stored, endOf({ ...hold, mayLinger: true }, undefined, 2_000))).toEqual({
      delivered: 6n,
      owner: 'me',
      until: 62_000,
    });
  });

  test('is no problem of a record that was not delivered, whatever the table answers', () => {
    const end = endOf(hold, undefined, 2_000);
    expect(problemWithEnd(end, FAILED)).toBeUndefined();
    expect(problemWithEnd(end, { kind: 'refused', stored: {} })).toBeUndefined();
  });

  test.each<[string, StoredVersion]>([
    ['it was the answer to its own end that was lost', { delivered: 7n }],
    ['a newer one is known to be delivered', { delivered: 8n }],
  ])('is no problem of a delivered record that is refused since %s', (_, stored) => {
    expect(problemWithEnd(endOf(hold, 7n, 2_000), { kind: 'ended' })).toBeUndefined();
    expect(problemWithEnd(endOf(hold, 7n, 2_000), { kind: 'refused', stored })).toBeUndefined();
  });

  test('keeps a delivered record from being acknowledged that the table does not know of', () => {
    const end = endOf(hold, 7n, 2_000);
    expect(problemWithEnd(end, FAILED)).toBe(FAILED.reason);
    for (const stored of [{}, { delivered: 6n }]) {
      expect(problemWithEnd(end, { kind: 'refused', stored })).toEqual({
        code: 'UserBeingUpdated',
        message: 'another record of the same user was begun before this one was finished',
      });
    }
  });
});

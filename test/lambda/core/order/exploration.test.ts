import { describe, expect, test } from '@jest/globals';
import { type Exploration, explore, PROTOCOL, type Protocol, type Scope } from '../../../explore/order-model.ts';

const TWO: Scope = { environments: 2, records: [1, 2], refused: [], receives: 2 };
const ONCE: Scope = { ...TWO, attempts: 1 };

/** Each leaves a step of the protocol out, and where that shows. */
const FAULTS: readonly (readonly [string, Partial<Protocol>, Scope])[] = [
  [
    'an older record is given the lease',
    { mayLease: (stored, request) => PROTOCOL.mayLease({ ...stored, delivered: undefined }, request) },
    ONCE,
  ],
  [
    'a lease that another one holds is given',
    { mayLease: (stored, request) => PROTOCOL.mayLease({ ...stored, owner: undefined }, request) },
    ONCE,
  ],
  ['a lease ends with its invocation, though a call may linger', { leaseUntil: (endsAt) => endsAt }, ONCE],
  [
    'a lease is given back though a call may linger',
    { endOf: (hold, delivered, now) => PROTOCOL.endOf({ ...hold, mayLinger: false }, delivered, now) },
    ONCE,
  ],
  [
    'what is delivered is not remembered',
    { endOf: (hold, _, now) => PROTOCOL.endOf(hold, undefined, now), problemWithEnd: () => undefined },
    ONCE,
  ],
  ['what is delivered is acknowledged before the table knows of it', { problemWithEnd: () => undefined }, ONCE],
  ['anybody may end a lease', { mayEnd: () => true }, { ...ONCE, receives: 3 }],
  [
    'the version is remembered before the call',
    { afterLease: (stored, request) => ({ ...PROTOCOL.afterLease(stored, request), delivered: request.version }) },
    { ...TWO, refused: [2] },
  ],
  [
    'who has the turn of a newer one that was refused is not compared',
    { isSuperseded: () => false },
    { environments: 1, records: [1, 2, 3], refused: [3], receives: 3, attempts: 1 },
  ],
  ['a record that is superseded is taken for one that waits', { admissionOf: () => ({ kind: 'call' }) }, ONCE],
];

/** Versions 1 and 3, and an erasure between them. */
const ERASED: Scope = { ...ONCE, records: [1, 3], tombstone: 2 };

describe('a user that is erased at any time', () => {
  test.each<[string, Scope]>([
    ['an older and a newer record', ERASED],
    ['two older records, of which PutUsers refuses one', { ...ERASED, records: [1, 2], refused: [2], tombstone: 3 }],
    ['an older record with two attempts', { ...ERASED, records: [1], attempts: 2 }],
  ])('%s: no older one brings the user back, and no newer one is lost', (_, scope) => {
    const explored = explore(scope);
    expect(explored.violation).toBeUndefined();
    expect(explored.states).toBeGreaterThan(100);
  });

  test.each<[string, Partial<Protocol>]>([
    ['the tombstone does not wait for a lease', { erasureOf: () => ({ kind: 'written' }) }],
    [
      'the lease is taken to have run out too early',
      { erasureOf: (stored, { version, now }) => PROTOCOL.erasureOf(stored, { version, now: now + 120_000 }) },
    ],
    [
      'the tombstone is not compared',
      { mayLease: (stored, request) => PROTOCOL.mayLease({ ...stored, delivered: undefined }, request) },
    ],
  ])('it is found if %s', (_, fault) => {
    expect(explore(ERASED, { ...PROTOCOL, ...fault }).violation?.problem).toMatch(/brings an erased user back|undoes/);
  });
});

describe('one user, two environments, every interleaving and every crash', () => {
  test.each<[string, Scope]>([
    ['two records', ONCE],
    ['two records, of which PutUsers refuses the newer', { ...ONCE, refused: [2] }],
    ['two records with the same version', { ...TWO, records: [1, 1] }],
    [
      'three records and one environment',
      { environments: 1, records: [1, 2, 3], refused: [3], receives: 3, attempts: 1 },
    ],
  ])('%s: none that was acknowledged is undone by an older one, and none is lost', (_, scope) => {
    const explored = explore(scope);
    expect(explored.violation).toBeUndefined();
    expect(explored.states).toBeGreaterThan(1_000);
    expect(explored.crashes).toBeGreaterThan(100);
  });

  test.each(FAULTS)('a planted fault is found: %s', (_, fault, scope) => {
    const { violation }: Exploration = explore(scope, { ...PROTOCOL, ...fault });
    expect(violation?.problem).toMatch(/undoes|holds/);
  });

  test('the assumption is needed: a call that lingers for longer than is assumed may undo a newer record', () => {
    expect(explore({ ...TWO, lingers: 3 }).violation?.problem).toMatch(/undoes|holds/);
  });
});

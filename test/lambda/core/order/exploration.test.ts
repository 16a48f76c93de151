import { describe, expect, test } from '@jest/globals';
import { type Exploration, explore, PROTOCOL, type Protocol, type Scope } from '../../../explore/order-model.ts';
import { FAULTS, LINGERS_TOO_LONG, ONCE, SMALL_SCOPES } from '../../../explore/order-scopes.ts';

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
  test.each(SMALL_SCOPES)('%s: none that was acknowledged is undone by an older one, and none is lost', (_, scope) => {
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
    expect(explore(LINGERS_TOO_LONG).violation?.problem).toMatch(/undoes|holds/);
  });
});

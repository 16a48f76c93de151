/** What is explored of the order guard's protocol, and the faults that are planted in it (docs/adr/0013-order-guard.md). */
import { PROTOCOL, type Protocol, type Scope } from './order-model.ts';

const TWO: Scope = { environments: 2, records: [1, 2], refused: [], receives: 2 };
export const ONCE: Scope = { ...TWO, attempts: 1 };

/** What the tests explore at every run: each within a second or so. */
export const SMALL_SCOPES: readonly (readonly [string, Scope])[] = [
  ['two records', ONCE],
  ['two records, of which PutUsers refuses the newer', { ...ONCE, refused: [2] }],
  ['two records with the same version', { ...TWO, records: [1, 1] }],
  [
    'three records and one environment',
    { environments: 1, records: [1, 2, 3], refused: [3], receives: 3, attempts: 1 },
  ],
];

/** What `npm run explore:order` explores: the table of the ADR. */
export const SCOPES: readonly (readonly [string, Scope])[] = [
  ['2 environments, 2 records, 2 receives, 2 attempts', TWO],
  ['the same, the newer refused', { ...TWO, refused: [2] }],
  ['2 environments, 2 records, 3 receives, 2 attempts', { ...TWO, receives: 3 }],
  [
    '3 environments, 3 records, 3 receives, 1 attempt',
    { environments: 3, records: [1, 2, 3], refused: [], receives: 3, attempts: 1 },
  ],
];

/** A call that takes effect later than the protocol assumes. */
export const LINGERS_TOO_LONG: Scope = { ...TWO, lingers: 3 };

/** Each leaves a step of the protocol out, and where that shows. */
export const FAULTS: readonly (readonly [string, Partial<Protocol>, Scope])[] = [
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

import { expect, test } from '@jest/globals';
import { createMessageReader } from '../../contract/message/read-message.ts';
import { seededRandom } from '../../local/random.ts';
import { type Evidence, reconcile } from './ledger.ts';
import { watchOrder } from './order.ts';
import { makeTraffic, type SentMessage, type SentRecord } from './traffic.ts';

const body = (serial: number) => JSON.stringify({ userId: 'a', properties: { numberOfVideosWatched: serial } });
const sent = (...fates: SentRecord['fate'][]): SentMessage[] =>
  fates.map((fate, index) => ({
    body: body(index + 1),
    records: [{ serial: index + 1, userId: 'a', fate }],
    group: 'a',
  }));
/** A batch in which a record with a higher serial was sent later. */
const batch = (serials: readonly number[], acknowledged: readonly number[]) => ({
  received: serials.map((serial) => ({ serial, sentAt: serial })),
  acknowledged,
});
/** Reconciles as if all had been acknowledged in one batch. */
const account = (evidence: Omit<Evidence, 'batches'>) => {
  const serials = evidence.sent.flatMap(({ records }) => records.map(({ serial }) => serial));
  return reconcile({ ...evidence, batches: [batch(serials, serials)] });
};
const letter = (serial: number, code?: string) => ({ body: body(serial), code });

test('a user who is stored, superseded, rejected with a reason, exhausted or moved is accounted for', () => {
  const messages = sent('deliverable', 'deliverable', 'breaksContract', 'deliverable', 'deliverable');
  const letters = [letter(3, 'MessageContractViolation'), letter(4, 'InternalFailure'), letter(5)];
  expect(account({ sent: messages, stored: new Set([2]), letters })).toEqual({
    users: 5,
    delivered: 1,
    superseded: 1,
    rejected: 1,
    exhausted: { InternalFailure: 1 },
    movedByTheQueue: 1,
    repeatedLetters: 0,
    violations: [],
  });
});

test('a user who is nowhere is missing', () => {
  const { violations } = account({ sent: sent('deliverable'), stored: new Set(), letters: [] });
  expect(violations).toEqual([
    'record 1 of a (deliverable) is missing: neither stored, nor superseded, nor a dead letter',
  ]);
});

test('a record is not superseded by an older one', () => {
  const { violations } = account({ sent: sent('deliverable', 'deliverable'), stored: new Set([1]), letters: [] });
  expect(violations).toHaveLength(1);
});

test('a record is superseded only by one of the same batch, and only if it was acknowledged there', () => {
  const missing = (batches: Evidence['batches']) =>
    reconcile({ sent: sent('deliverable', 'deliverable'), stored: new Set([2]), letters: [], batches }).violations;
  expect(missing([batch([1, 2], [1, 2])])).toHaveLength(0);
  expect(missing([batch([1, 2], [2])])).toHaveLength(1);
  expect(missing([batch([1], [1]), batch([2], [2])])).toHaveLength(1);
});

test('a message that was sent twice is as new as its later copy', () => {
  const copies = [3, 1].map((sentAt) => ({ serial: 1, sentAt }));
  const { violations } = reconcile({
    sent: sent('deliverable', 'deliverable'),
    stored: new Set([1]),
    letters: [],
    batches: [{ received: [...copies, { serial: 2, sentAt: 2 }], acknowledged: [1, 1, 2] }],
  });
  expect(violations).toEqual([]);
});

test('a broken user must not be stored, and one that breaks the contract is never superseded', () => {
  const messages = sent('breaksContract', 'refusedByPutUsers', 'deliverable');
  expect(account({ sent: messages, stored: new Set([2, 3]), letters: [] }).violations).toEqual([
    'record 1 of a (breaksContract) is missing: neither stored, nor superseded, nor a dead letter',
    'record 2 of a (refusedByPutUsers) was stored though it is broken',
  ]);
});

test('a letter twice is counted, a letter about nobody is a violation', () => {
  const letters = [letter(1, 'X'), letter(1, 'X'), letter(9, 'X'), { body: '{}', code: 'X' }];
  const { repeatedLetters, violations } = account({ sent: sent('breaksContract'), stored: new Set(), letters });
  expect(repeatedLetters).toBe(1);
  expect(violations).toHaveLength(2);
});

test('the traffic is what it says: what breaks the contract is unreadable, all else is not', () => {
  const read = createMessageReader({ maxPropertiesLength: 4096 });
  const messages = makeTraffic({ users: 20_000, brokenShare: 0.2 }, seededRandom(7));
  for (const { body: text, records } of messages) {
    const reading = read(text);
    const kinds = reading.kind === 'invalid' ? ['invalid'] : reading.users.map(({ kind }) => kind);
    expect(kinds).toEqual(records.map(({ fate }) => (fate === 'breaksContract' ? 'invalid' : 'valid')));
  }
  expect(messages.flatMap(({ records }) => records)).toHaveLength(20_000);
});

test('with versions a record is superseded by any newer one that was stored', () => {
  const evidence = {
    sent: sent('deliverable', 'deliverable'),
    letters: [],
    batches: [batch([1], [1]), batch([2], [2])],
  };
  const missing = (stored: number) =>
    reconcile({ ...evidence, stored: new Set([stored]), versions: true }).violations.length;
  expect([missing(2), missing(1)]).toEqual([0, 1]);
});

test('an older record that is stored after a newer one was acknowledged is noticed, and one that comes last', () => {
  const messages = sent('deliverable', 'deliverable', 'deliverable');
  const undone = watchOrder();
  undone.stored('a', 2);
  undone.acknowledged([2]);
  undone.stored('a', 1);
  undone.stored('a', 3);
  expect(undone.violations(messages, [])).toEqual(['record 1 of a has undone record 2']);

  const last = watchOrder();
  for (const serial of [3, 2]) last.stored('a', serial);
  expect(last.violations(messages, [])).toEqual(['the dataset has record 2 of a, and not 3']);
  expect(last.violations(messages, [letter(3, 'InternalFailure')])).toEqual([]);
});

test('on a FIFO queue all records of a user are in one group, and a message holds users of its own', () => {
  const messages = makeTraffic({ users: 3_000, brokenShare: 0, fifo: true }, seededRandom(1));
  const groups = new Map<string, Set<string>>();
  for (const { group, records } of messages) {
    for (const { userId } of records) groups.set(userId, (groups.get(userId) ?? new Set()).add(group));
  }
  expect(Math.max(...[...groups.values()].map(({ size }) => size))).toBe(1);
  expect(messages.some(({ records, group }) => records.length > 1 && group.startsWith('shard-'))).toBe(true);
  expect(messages.some(({ records, group }) => group === records[0]!.userId)).toBe(true);
});

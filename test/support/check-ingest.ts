/** What must be so after every batch, whatever was in it and whatever failed: nothing is lost, nothing turns back. */
import assert from 'node:assert/strict';
import { settleReserveInMilliseconds } from '../../contract/deployment/time-budget.ts';
import { createMessageReader, type MessageReading } from '../../contract/message/read-message.ts';
import type { UserRecord } from '../../contract/message/schema.ts';
import type { Message } from '../../lambda/core/message.ts';
import { LIMITS, type Observed } from './ingest-model.ts';

/** A record of a user in a batch. */
interface Entry {
  readonly message: Message;
  readonly user: UserRecord;
}

/**
 * Checks a batch of messages in which no two records of a user are the same.
 *
 * @throws AssertionError
 */
export function checkIngest(batch: readonly Message[], observed: Observed): void {
  const read = createMessageReader(LIMITS);
  const readings = new Map(batch.map((message) => [message, read(message.body)]));
  const oldestFirst = inOrder(batch).flatMap((message) => entriesOf(message, readings.get(message)!));
  checkFailures(batch, observed);
  checkCalls(batch, observed);
  checkOrder(oldestFirst, observed);
  checkLetters(observed);
  checkSettled(batch, readings, oldestFirst, observed);
}

function checkFailures(batch: readonly Message[], { result: { failedMessageIds, summary } }: Observed): void {
  const ids = new Set(batch.map(({ messageId }) => messageId));
  assert.equal(new Set(failedMessageIds).size, failedMessageIds.length, 'each failure is named once');
  for (const id of failedMessageIds) assert.ok(ids.has(id), 'a failure is of the batch');
  const blocked = new Set<string>();
  for (const { messageId, messageGroupId } of batch) {
    if (messageGroupId === undefined) continue;
    if (failedMessageIds.includes(messageId)) blocked.add(messageGroupId);
    else assert.ok(!blocked.has(messageGroupId), 'what follows a failure in a message group fails too');
  }
  assert.equal(summary.messages, batch.length);
  assert.equal(summary.retriedMessages, failedMessageIds.length);
}

function checkCalls(batch: readonly Message[], { calls, endsAt, result: { summary } }: Observed): void {
  const deadline = endsAt - settleReserveInMilliseconds(batch.length);
  for (const { users, at, timeoutInMilliseconds, outcome } of calls) {
    assert.ok(users.length >= 1 && users.length <= 10, 'a call holds 1 to 10 users');
    assert.equal(new Set(users.map(({ userId }) => userId)).size, users.length, 'no call holds a user twice');
    assert.ok(at <= deadline && at + timeoutInMilliseconds <= deadline, 'no call goes on after the deadline');
    assert.notEqual(outcome, 'inFlight', 'each call is waited for');
  }
  assert.equal(summary.calls.calls, calls.length);
}

/** A user is called newest first; an older record follows only on a newer one that was rejected. */
function checkOrder(oldestFirst: readonly Entry[], { calls }: Observed): void {
  const rank = new Map(oldestFirst.map(({ user }, index) => [nameOf(user), index]));
  const newestOf = new Map(oldestFirst.map(({ user }, index) => [user.userId, index]));
  const last = new Map<string, { readonly rank: number; readonly outcome: string }>();
  for (const { users, outcome } of calls) {
    for (const user of users) {
      const now = rank.get(nameOf(user));
      const before = last.get(user.userId);
      assert.ok(now !== undefined, 'what is called came in the batch, with exactly these properties');
      if (!before) assert.equal(now, newestOf.get(user.userId), 'the newest record is called first');
      else {
        assert.notEqual(before.outcome, 'delivered', 'nothing is called after it was delivered');
        assert.ok(now <= before.rank, 'no newer record is called after an older one');
        assert.ok(now === before.rank || before.outcome === 'rejected', 'an older one follows a rejected one only');
      }
      last.set(user.userId, { rank: now, outcome });
    }
  }
}

function checkLetters({ calls, stored }: Observed): void {
  const delivered = deliveredOf(calls);
  const seen = new Set<string>();
  for (const { source, index, body, attributes } of stored) {
    const name = `${source.messageId} ${index}`;
    assert.ok(!seen.has(name), 'a dead letter is stored once');
    seen.add(name);
    assert.ok(attributes.ErrorCode?.stringValue, 'a dead letter says why');
    assert.ok(attributes.ErrorMessage?.stringValue);
    for (const { user } of entriesOf(source, createMessageReader(LIMITS)(body))) {
      assert.ok(!delivered.has(nameOf(user)), 'no dead letter is of a record that was delivered');
    }
  }
}

function checkSettled(
  batch: readonly Message[],
  readings: ReadonlyMap<Message, MessageReading>,
  oldestFirst: readonly Entry[],
  { calls, stored, result: { failedMessageIds, summary } }: Observed,
): void {
  const failed = new Set(failedMessageIds);
  const delivered = deliveredOf(calls);
  const newestDelivered = new Map<string, number>();
  oldestFirst.forEach(({ user }, index) => {
    if (delivered.has(nameOf(user))) newestDelivered.set(user.userId, index);
  });
  const rank = new Map(oldestFirst.map(({ user }, index) => [nameOf(user), index]));
  const letters = Map.groupBy(stored, ({ source }) => source.messageId);

  let users = 0;
  for (const message of batch) {
    const reading = readings.get(message)!;
    users += reading.kind === 'users' ? reading.users.length : 1;
    if (failed.has(message.messageId)) continue;
    const bodies = (letters.get(message.messageId) ?? []).map(({ body }) => body);
    if (reading.kind === 'invalid') {
      assert.deepEqual(bodies, [message.body], 'what cannot be read is stored as it came');
      continue;
    }
    const storedUsers = new Set(
      bodies.flatMap((body) => entriesOf(message, createMessageReader(LIMITS)(body))).map(({ user }) => nameOf(user)),
    );
    for (const each of reading.users) {
      if (each.kind === 'invalid') {
        assert.ok(bodies.includes(each.body), 'a rejected user is stored');
        continue;
      }
      const name = nameOf(each.user);
      const isSuperseded = (newestDelivered.get(each.user.userId) ?? -1) > rank.get(name)!;
      assert.ok(
        delivered.has(name) || isSuperseded || storedUsers.has(name),
        'a user of an acknowledged message is delivered, superseded or stored',
      );
    }
  }
  if (failed.size > 0) return;
  const { delivered: put, superseded, rejected, retried } = summary.users;
  assert.equal(put + superseded + rejected + retried, users, 'each user has one verdict');
}

function deliveredOf(calls: Observed['calls']): ReadonlySet<string> {
  return new Set(calls.flatMap(({ users, outcome }) => (outcome === 'delivered' ? users.map(nameOf) : [])));
}

function inOrder(batch: readonly Message[]): readonly Message[] {
  if (batch.some(({ messageGroupId }) => messageGroupId !== undefined)) return batch;
  return batch.toSorted((a, b) => a.sentAt - b.sentAt);
}

function entriesOf(message: Message, reading: MessageReading): readonly Entry[] {
  if (reading.kind === 'invalid') return [];
  return reading.users.flatMap((each) => (each.kind === 'valid' ? [{ message, user: each.user }] : []));
}

function nameOf({ userId, properties }: UserRecord): string {
  return JSON.stringify([userId, properties]);
}

import { beforeEach, expect, test } from '@jest/globals';
import { createJournal } from '../../simulation/journal.ts';
import { createLedger, type Invocation, type Ledger } from '../../simulation/ledger.ts';
import type { QueuedMessage } from '../../simulation/services/queue.ts';

let ledger: Ledger;

/** Two messages of a group, about one user. */
const [OLDER, NEWER] = [messageOf(1), messageOf(2)];

beforeEach(() => {
  ledger = createLedger({
    journal: createJournal(() => 0),
    now: () => 0,
    fifo: true,
    maxReceiveCount: 10,
    callsPerSecond: 1,
    isOrderKept: () => true,
    isInLetters: () => false,
  });
  for (const serial of [1, 2])
    ledger.add({
      serial,
      userId: 'user',
      fate: 'deliverable',
      text: JSON.stringify({ properties: { numberOfVideosWatched: serial } }),
    });
});

function messageOf(sequence: number) {
  return {
    id: `m${sequence}`,
    body: `{"numberOfVideosWatched":${sequence}}`,
    groupId: 'g',
    receiveCount: 1,
    sentAt: 0,
    sequence,
  };
}

type Message = ReturnType<typeof messageOf>;

function invocationWith(...messages: readonly Message[]): Invocation {
  return {
    requestId: 'r',
    environment: 'e',
    messages,
    lastCallAt: 0,
    isLate: false,
    isTroubled: false,
    isStruck: false,
    state: 'working',
  };
}

function storeAlone(message: Message): void {
  ledger.stored(invocationWith(message), [{ userId: 'user', properties: message.body }]);
}

const remove = (message: Message) => ledger.deleted(message as unknown as QueuedMessage);
const promises = () => ledger.violations.map(({ promise }) => promise);

test('a record that is deleted is not followed by an older one of its group', () => {
  storeAlone(NEWER);
  remove(NEWER);
  storeAlone(OLDER);
  expect(promises()).toEqual(['a message group keeps its order']);
});

test('one that is not deleted may be, since it comes again', () => {
  storeAlone(NEWER);
  storeAlone(OLDER);
  remove(OLDER);
  storeAlone(NEWER);
  remove(NEWER);
  expect(promises()).toEqual([]);
});

test('but not if it is deleted without having been stored again', () => {
  storeAlone(NEWER);
  storeAlone(OLDER);
  remove(NEWER);
  expect(promises()).toEqual(['a message group keeps its order']);
});

const letterOf = (message: Message, ErrorCode: string, ErrorMessage: string) => ({
  body: message.body,
  attributes: Object.fromEntries(
    Object.entries({ ErrorCode, ErrorMessage, SourceMessageId: message.id }).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]),
  ),
});

test('a reason of our own making names nobody', () => {
  const invocation = invocationWith({ ...OLDER, receiveCount: 10 });
  ledger.lettered(invocation, letterOf(OLDER, 'DeadlineExceeded', 'secret-user-0-1 had no turn'));
  expect(promises()).toEqual(['a reason names nobody else']);
});

test('a letter has a reason, unless its body leaves no room for one', () => {
  const [none, full] = [OLDER.body, OLDER.body.padEnd(1_048_576)];
  ledger.lettered(undefined, { body: full });
  expect(promises()).toEqual([]);
  ledger.lettered(undefined, { body: none });
  expect(promises()).toEqual(['a dead letter has a reason']);
});

test('who is in no place is lost, unless a queue has kept the message for as long as it keeps any', () => {
  ledger.promised([1, 2]);
  ledger.expired([1]);
  ledger.close({ queue: [], letters: [] });
  expect(ledger.violations.filter(({ promise }) => promise === 'nobody is lost').map(({ serials }) => serials)).toEqual(
    [[2]],
  );
});

test('a batch that a defect of the function has struck may be retried as a whole, and no other', () => {
  const struck = invocationWith(OLDER);
  ledger.struck(struck, false);
  ledger.acknowledged(struck, [OLDER.id]);
  expect(promises()).toEqual([]);
  const another = { ...invocationWith(NEWER), environment: 'another' };
  ledger.struck(another, true);
  ledger.acknowledged(another, [NEWER.id]);
  expect(promises()).toEqual(['what is retried has a reason of its own']);
});

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

function storeAlone(message: Message): void {
  const invocation: Invocation = {
    requestId: 'r',
    environment: 'e',
    messages: [message],
    lastCallAt: 0,
    isLate: false,
    isTroubled: false,
    isStruck: false,
    state: 'working',
  };
  ledger.stored(invocation, [{ userId: 'user', properties: message.body }]);
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

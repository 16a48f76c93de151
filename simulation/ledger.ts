/**
 * Accounts for every record, at the moment and at the end. It is told what happened, and says what must not have: it knows
 * nothing of how the product does it.
 */
import { MAX_MESSAGE_BYTES } from '../aws/sqs/limits.ts';
import type { Journal } from './journal.ts';
import { FAILING, HALF_LINKED, POISON, SECRETS, type SentRecord, serialsIn, UNCALLED, UNSETTLED } from './records.ts';
import { BAD_USER_CODES, type PutUser, REJECTION_CODES } from './services/put-users.ts';
import { type NewMessage, type QueuedMessage, sizeOf } from './services/queue.ts';

/** A promise that is broken. */
export interface Violation {
  /** Which promise; two runs that break the same one fail alike. */
  readonly promise: string;
  readonly what: string;
  readonly serials: readonly number[];
}

/** A message of a batch, as the function sees it. */
export interface BatchMessage {
  readonly id: string;
  readonly body: string;
  readonly groupId: string | undefined;
  readonly receiveCount: number;
  readonly sentAt: number;
  readonly sequence: number;
}

/** One invocation, while it works. */
export interface Invocation {
  readonly requestId: string;
  readonly environment: string;
  readonly messages: readonly BatchMessage[];
  /** No call may begin after it, in virtual milliseconds. */
  readonly lastCallAt: number;
  /** It stood still, so that what it did late is explained. */
  isLate: boolean;
  /** A request of it failed, or took long: what it retries is explained. */
  isTroubled: boolean;
  /** A step of it threw, through a defect of the function, that is about more than one message: any of its batch may have failed. */
  isStruck: boolean;
  state: 'working' | 'answered' | 'ended';
}

export interface LedgerOptions {
  readonly journal: Journal;
  readonly now: () => number;
  readonly fifo: boolean;
  /** Whether the deployment has the order guard: then the serial of a record is its version. @default not */
  readonly orderGuard?: boolean;
  readonly maxReceiveCount: number;
  /** Of one environment. */
  readonly callsPerSecond: number;
  /** Whether something is going on after which records of a FIFO queue may turn their order round. */
  readonly isOrderKept: () => boolean;
  /** Whether the dead-letter queue holds a letter of it now. */
  readonly isInLetters: (serial: number) => boolean;
}

/** What is known of a record. */
interface Account {
  readonly record: SentRecord;
  /** A producer was told that it is in the queue. */
  isPromised: boolean;
  isStored: boolean;
  /** The dead-letter queue has taken a letter of it. */
  isLettered: boolean;
  /** How many letters of it the function has sent. */
  letters: number;
  isSuperseded: boolean;
  isPurged: boolean;
  /** A queue has kept it for as long as it keeps messages. */
  isExpired: boolean;
  /** It was repaired on the way, and is good now. */
  isEdited: boolean;
  /** What PutUsers has said of calls with it. */
  readonly answers: Set<string>;
}

/** What is going on in an invocation. */
interface Work {
  /** Of each record, its place among those of its user: the higher the newer. */
  readonly ranks: Map<number, number>;
  /** The same of a record in one message, by both: it may be in several. */
  readonly ranksInMessages: Map<string, number>;
  readonly userOf: Map<number, string>;
  readonly refused: Set<number>;
  readonly stored: Set<number>;
  /** The environment knows that they are stored. */
  readonly confirmed: Set<number>;
  /** It has sent letters of them. */
  readonly lettered: Set<number>;
  /** Records that are in the batch more than once. */
  readonly repeated: Set<number>;
}

export type Ledger = ReturnType<typeof createLedger>;

/** Of records that are delivered, perhaps, and of which the table does not know. */
const ORDER_CODES: ReadonlySet<string> = new Set(['OrderTableUnavailable', 'UserBeingUpdated']);

/** Reasons of our own making. */
const OUR_CODES: ReadonlySet<string> = new Set([
  ...ORDER_CODES,
  'MessageContractViolation',
  'InternalError',
  'DeadlineExceeded',
  'UnreadableReply',
]);

/** A body may be so large that SQS takes no reason beside it, in bytes; and it has to be sent as it stands. */
const ROOM_FOR_A_REASON = 100;

/** How many turns of the pacer an environment may have saved, in milliseconds of its share. */
const SAVED = 1000;
/** What chance in the network may bring together, in calls. */
const TOLERATED_CALLS = 1.01;
/** How much closer than their turns two requests may come, in milliseconds: timers are of whole ones, and the client works between. */
const JITTER = 1;

export function createLedger(options: LedgerOptions) {
  const { journal, now, fifo, orderGuard = false, maxReceiveCount } = options;
  const accounts = new Map<number, Account>();
  const violations: Violation[] = [];
  const works = new Map<Invocation, Work>();
  const tolerated = TOLERATED_CALLS + (options.callsPerSecond * JITTER) / 1000;
  const budgets = new Map<string, { calls: number; at: number }>();
  const lastStored = new Map<string, { readonly sequence: number; readonly serial: number }>();
  /** By user: what was stored before an older record, and must be again before it is deleted. */
  const overtaken = new Map<string, { readonly sequence: number; readonly serials: readonly number[] }>();
  /** The messages that the users queue has deleted. */
  const deleted = new Set<number>();
  const dataset = new Map<string, number>();
  const lastLettered = new Map<string | undefined, number>();
  const lastSent = new Map<string, number>();
  /** Environments that have had trouble, so that they may call less than they could. */
  const troubled = new Set<string>();
  /** Of each user, the newest record that was acknowledged as delivered. Only with the order guard. */
  const settled = new Map<string, number>();
  /** Records of which a message was acknowledged. */
  const acknowledged = new Set<number>();
  let movedByQueue = 0;
  let wasStruck = false;

  const violate = (promise: string, what: string, serials: readonly number[] = []) => {
    violations.push({ promise, what, serials });
    journal.note('LEDGER', `${promise}: ${what}`, serials);
  };
  /** A defect that was put there throws a TypeError. */
  const isExplained = (line: string) =>
    line.includes('"TypeError"') &&
    (wasStruck || [...accounts.values()].some(({ record }) => FAILING.test(record.text)));
  const accountOf = (serial: number) => accounts.get(serial);
  const eachOf = (serials: readonly number[], act: (account: Account) => void) => {
    for (const serial of serials) {
      const account = accounts.get(serial);
      if (account) act(account);
    }
  };

  const workOf = (invocation: Invocation): Work => {
    const known = works.get(invocation);
    if (known) return known;
    const work: Work = {
      ranks: new Map(),
      ranksInMessages: new Map(),
      userOf: new Map(),
      refused: new Set(),
      stored: new Set(),
      confirmed: new Set(),
      lettered: new Set(),
      repeated: new Set(),
    };
    const oldestFirst = fifo ? invocation.messages : invocation.messages.toSorted((a, b) => a.sentAt - b.sentAt);
    let rank = 0;
    for (const { id, body } of oldestFirst) {
      for (const serial of calledOf(body)) {
        if (work.ranks.has(serial)) work.repeated.add(serial);
        rank = orderGuard ? serial : rank + 1;
        work.ranksInMessages.set(`${id} ${serial}`, rank);
        work.ranks.set(serial, rank);
        const record = accountOf(serial)?.record;
        if (record) work.userOf.set(serial, record.userId);
      }
    }
    works.set(invocation, work);
    return work;
  };

  const newerOf = (work: Work, serial: number, rank = work.ranks.get(serial)!): number[] => {
    const user = work.userOf.get(serial);
    return [...work.ranks]
      .filter(([other, its]) => its > rank && work.userOf.get(other) === user)
      .map(([other]) => other);
  };

  /** The records of a message that are called: none, or not all, where the function throws. */
  const calledOf = (body: string): readonly number[] => {
    if (UNCALLED.test(body)) return [];
    const serials = serialsIn(body);
    if (!HALF_LINKED.test(body)) return serials;
    return serials.filter((serial) => accountOf(serial)?.record.fate !== 'breaksContract').slice(0, 1);
  };

  return {
    violations,
    violate,
    dataset,
    /** How many records make their messages fail, however often they are received. */
    get defective() {
      return [...accounts.values()].filter(({ record }) => FAILING.test(record.text)).length;
    },
    get movedByQueue() {
      return movedByQueue;
    },
    add(record: SentRecord): void {
      accounts.set(record.serial, {
        record,
        isPromised: false,
        isStored: false,
        isLettered: false,
        letters: 0,
        isSuperseded: false,
        isPurged: false,
        isExpired: false,
        isEdited: false,
        answers: new Set(),
      });
    },
    /** A producer was told that they are in the queue. */
    promised(serials: readonly number[]): void {
      eachOf(serials, (account) => {
        account.isPromised = true;
      });
    },
    /** All records of these users were sent, in this order. */
    sentInOrder(records: readonly SentRecord[]): void {
      for (const { userId, serial } of records) lastSent.set(userId, serial);
    },
    edited(serials: readonly number[]): void {
      eachOf(serials, (account) => {
        account.isEdited = true;
      });
    },
    expired(serials: readonly number[]): void {
      eachOf(serials, (account) => {
        account.isExpired = true;
      });
    },
    purged(serials: readonly number[]): void {
      eachOf(serials, (account) => {
        account.isPurged = true;
      });
    },

    /** An environment comes up. It has saved no turns. */
    started(environment: string): void {
      budgets.set(environment, { calls: tolerated, at: now() });
    },
    /** A call leaves an environment. */
    called(invocation: Invocation | undefined, environment: string, users: readonly PutUser[]): void {
      const serials = users.flatMap(({ properties = '' }) => serialsIn(properties));
      if (users.length < 1 || users.length > 10)
        violate('calls hold 1 to 10 users', `a call held ${users.length}`, serials);
      if (new Set(users.map(({ userId }) => userId)).size < users.length)
        violate('a call holds a user once', 'a call held one twice', serials);
      spend(environment, serials, invocation?.isLate ?? true);
      if (!invocation) return;
      if (!invocation.isLate && now() > invocation.lastCallAt + 1) {
        violate('no call begins after the deadline', `${Math.round(now() - invocation.lastCallAt)} ms late`, serials);
      }
      const work = workOf(invocation);
      for (const serial of serials) {
        if (!work.ranks.has(serial)) {
          violate('what is called came in the batch', 'a record was called that did not', [serial]);
          continue;
        }
        const newer = newerOf(work, serial).filter((other) => accountOf(other)?.record.fate !== 'breaksContract');
        const open = newer.filter((other) => !work.refused.has(other));
        if (open.length > 0) violate('a newer record is called first', 'an older one was called', [serial, ...open]);
      }
    },
    /** The service has answered a call, whether or not the answer arrives. */
    answered(invocation: Invocation | undefined, users: readonly PutUser[], code: string): void {
      const serials = users.flatMap(({ properties = '' }) => serialsIn(properties));
      eachOf(serials, ({ answers }) => answers.add(code));
      if (invocation && REJECTION_CODES.has(code)) for (const serial of serials) workOf(invocation).refused.add(serial);
    },
    /** The service has stored the users of a call. */
    stored(invocation: Invocation | undefined, users: readonly PutUser[]): void {
      for (const { userId, properties = '' } of users) {
        const [serial] = serialsIn(properties);
        const account = accountOf(serial ?? -1);
        if (!account) {
          violate('what is stored was sent', `a user was stored with other properties`);
          continue;
        }
        if (account.record.userId !== userId)
          violate('what is stored was sent', 'a record under the name of another', [serial!]);
        if (account.record.fate !== 'deliverable' && !account.isEdited)
          violate('what is broken is not stored', 'it was', [serial!]);
        account.isStored = true;
        dataset.set(userId, serial!);
        const newest = settled.get(userId) ?? 0;
        if (serial! < newest) violate('an older record never undoes a newer one', 'it did', [serial!, newest]);
        if (!invocation) continue;
        const work = workOf(invocation);
        const undone = newerOf(work, serial!).filter((other) => work.stored.has(other) && !work.refused.has(other));
        if (undone.length > 0)
          violate('in a batch the newest record wins', 'an older one came after it', [serial!, ...undone]);
        work.stored.add(serial!);
        if (fifo) checkOrder(invocation, userId, serial!);
      }
    },
    /** An environment has the answer that users of its call are stored. */
    confirmed(invocation: Invocation | undefined, users: readonly PutUser[]): void {
      if (!invocation) return;
      for (const serial of users.flatMap(({ properties = '' }) => serialsIn(properties)))
        workOf(invocation).confirmed.add(serial);
    },
    /** The function has answered: what it did not name is deleted. */
    acknowledged(invocation: Invocation, named: readonly string[]): void {
      const failed = new Set(named);
      const ids = new Set(invocation.messages.map(({ id }) => id));
      if (failed.size < named.length || named.some((id) => !ids.has(id))) {
        violate('each failure is named once, and is of the batch', named.join(' '));
      }
      const messages = invocation.messages.filter(({ id }) => !failed.has(id));
      if (fifo) checkGroups(invocation, failed);
      checkRetries(invocation, failed);
      const work = workOf(invocation);
      for (const { id, body } of messages) {
        eachOf(serialsIn(body), (account) => {
          const { serial } = account.record;
          const rank = work.ranksInMessages.get(`${id} ${serial}`);
          const isSuperseded =
            newerOf(work, serial, rank).some((other) => work.stored.has(other)) || isOlderThanStored(account);
          acknowledged.add(serial);
          // Stored, and lettered since the table could not be told of it on its last receive: its letter says that it is open.
          if (orderGuard && work.confirmed.has(serial) && !work.lettered.has(serial)) settle(account);
          const wasSuperseded = isSuperseded && account.record.fate !== 'breaksContract';
          account.isSuperseded ||= wasSuperseded;
          const isSafe = account.isStored || wasSuperseded || work.lettered.has(serial) || options.isInLetters(serial);
          if (!isSafe)
            violate('what is acknowledged is safe', 'it was neither stored, nor superseded, nor a dead letter', [
              serial,
            ]);
        });
      }
    },
    /** A defect of the function has struck a step of its own, in which it settles the batch or only tells of it. */
    struck(invocation: Invocation, isTelling: boolean): void {
      wasStruck = true;
      if (!isTelling) invocation.isStruck = true;
    },
    /** Lambda has ended an invocation that had not answered in its time. */
    timedOut({ isLate, environment, messages }: Invocation): void {
      if (isLate) return;
      const serials = messages.flatMap(({ body }) => serialsIn(body));
      violate('the function answers within its time', `${environment} did not`, serials);
    },
    /** The dead-letter queue has taken a letter of the function. */
    lettered(invocation: Invocation | undefined, letter: NewMessage): void {
      const serials = serialsIn(letter.body);
      eachOf(serials, (account) => {
        account.isLettered = true;
        account.letters++;
      });
      if (invocation) for (const serial of serials) workOf(invocation).lettered.add(serial);
      const text = (name: string) => letter.attributes?.[name]?.StringValue ?? '';
      const code = text('ErrorCode');
      const isFull = MAX_MESSAGE_BYTES - sizeOf(letter) < ROOM_FOR_A_REASON;
      if ((code === '' || text('ErrorMessage') === '') && !isFull)
        violate('a dead letter has a reason', 'one had none', serials);
      if (SECRETS.some((secret) => code.includes(secret)))
        violate('nothing names a user', 'the code of a reason did', serials);
      if (!invocation) return;
      const source = invocation.messages.find(({ id }) => id === text('SourceMessageId'));
      if (!source) {
        if (!isFull) violate('a dead letter names its message', 'one named none of the batch', serials);
        return;
      }
      // A message may be in a batch twice.
      const receives = Math.max(
        ...invocation.messages.filter(({ id }) => id === source.id).map(({ receiveCount }) => receiveCount),
      );
      if (fifo) checkLetterOrder(source, serials);
      const its = new Set(serialsIn(source.body));
      if (serials.some((serial) => !its.has(serial)))
        violate('a dead letter holds what its message held', 'one did not', serials);
      const work = workOf(invocation);
      eachOf(serials, (account) =>
        checkReason(account, code, { letter, source, receives, isStruck: invocation.isStruck }, work),
      );
    },
    /** A FIFO queue has dropped a message, for it has had its deduplication id. */
    deduplicated(queue: string, dropped: NewMessage, original: NewMessage, invocation?: Invocation): void {
      if (invocation) for (const serial of serialsIn(original.body)) workOf(invocation).lettered.add(serial);
      if (original.body !== dropped.body) {
        violate(
          'a deduplication id stands for one content',
          `${queue} dropped a message for another`,
          serialsIn(dropped.body),
        );
      }
    },
    /** A message is received again. */
    receivedAgain(message: QueuedMessage, workers: readonly Invocation[]): void {
      if (workers.length > 0)
        violate('nothing is visible while it is worked on', 'a message was received again', serialsIn(message.body));
    },
    /** The users queue has deleted a message, since the function has acknowledged it. */
    deleted({ sequence }: QueuedMessage): void {
      deleted.add(sequence);
      for (const debt of overtaken.values()) if (debt.sequence === sequence) mustHaveLetter(debt);
    },
    /** The redrive policy has moved a message. */
    moved(message: NewMessage): void {
      movedByQueue++;
      eachOf(serialsIn(message.body), (account) => {
        account.isLettered = true;
      });
    },
    /** A line was written to the log, or a metric. */
    wrote(line: string, who: string): void {
      if (SECRETS.some((secret) => line.includes(secret))) {
        violate('nothing names a user', `${who} wrote: ${line.slice(0, 200)}`, serialsIn(line));
      }
      if (line.includes('Defect of the function') && !isExplained(line)) {
        violate('the function has no defect of its own', `${who} wrote: ${line.slice(0, 400)}`);
      }
    },
    /** At the end: where is everybody? */
    close(left: { readonly queue: Iterable<NewMessage>; readonly letters: Iterable<NewMessage> }): void {
      const inQueue = new Set([...left.queue].flatMap(({ body }) => serialsIn(body)));
      const inLetters = new Set([...left.letters].flatMap(({ body }) => serialsIn(body)));
      if (orderGuard) checkNewest();
      if (fifo && !orderGuard && options.isOrderKept()) {
        for (const [userId, serial] of lastSent) {
          const { record, isLettered, isExpired } = accountOf(serial)!;
          if (record.fate === 'deliverable' && !isLettered && !isExpired && dataset.get(userId) !== serial) {
            violate('a message group keeps its order', 'the last record is not what the dataset has', [serial]);
          }
        }
      }
      for (const account of accounts.values()) {
        const { serial } = account.record;
        const isSomewhere =
          account.isStored ||
          account.isSuperseded ||
          account.isPurged ||
          account.isExpired ||
          inQueue.has(serial) ||
          inLetters.has(serial);
        if (account.isPromised && !isSomewhere) {
          violate('nobody is lost', 'not in the dataset, not in the queue, no dead letter', [serial]);
        }
      }
    },
  };

  /** With the order guard, a record is superseded by a newer one of any batch. */
  function isOlderThanStored({ record: { userId, serial } }: Account): boolean {
    return (
      orderGuard &&
      [...accounts.values()].some(
        ({ record, isStored }) => isStored && record.userId === userId && record.serial > serial,
      )
    );
  }

  /** It was acknowledged as delivered: from now on no older one may be stored. */
  function settle({ record: { userId, serial } }: Account): void {
    settled.set(userId, Math.max(serial, settled.get(userId) ?? 0));
  }

  /** When all is settled, the dataset holds the newest record of each user that was not dead-lettered. */
  function checkNewest(): void {
    const newest = new Map<string, number>();
    for (const { record, isLettered } of accounts.values()) {
      if (record.fate === 'deliverable' && acknowledged.has(record.serial) && !isLettered)
        newest.set(record.userId, Math.max(record.serial, newest.get(record.userId) ?? 0));
    }
    for (const [userId, serial] of newest) {
      const held = dataset.get(userId) ?? 0;
      if (held < serial) violate('the dataset has the newest record', `it has ${held}`, [serial]);
    }
  }

  /** An environment has its share of the quota, and what it has saved. */
  function spend(environment: string, serials: readonly number[], isLate: boolean): void {
    const most = (options.callsPerSecond * SAVED) / 1000 + tolerated;
    const before = budgets.get(environment) ?? { calls: most, at: now() };
    const calls = Math.min(most, before.calls + ((now() - before.at) / 1000) * options.callsPerSecond) - 1;
    budgets.set(environment, { calls: isLate ? Math.max(0, calls) : calls, at: now() });
    if (calls < 0 && !isLate)
      violate('no more calls than the quota has', `${environment} was ${-calls.toFixed(2)} calls ahead`, serials);
  }

  function checkReason(
    account: Account,
    code: string,
    {
      letter,
      source,
      receives,
      isStruck,
    }: { letter: NewMessage; source: BatchMessage; receives: number; isStruck: boolean },
    work: Work,
  ): void {
    const { serial, fate, userId } = account.record;
    // What the service says of a user it says of one that was called alone; what it says of a call may be about all in it.
    const said = letter.attributes?.ErrorMessage?.StringValue ?? '';
    const mayName = BAD_USER_CODES.has(code) ? userId : '';
    if ((OUR_CODES.has(code) || mayName !== '') && said.replaceAll(mayName, '').includes(SECRETS[0]))
      violate('a reason names nobody else', code, [serial]);
    // With the order guard nobody is done with before the table knows of it.
    const isOpen = orderGuard && ORDER_CODES.has(code);
    const isDefect = code === 'InternalError' && (isStruck || UNSETTLED.test(source.body));
    if (work.confirmed.has(serial) && !work.repeated.has(serial) && !isDefect && !isOpen) {
      violate('who is delivered has no letter', code, [serial]);
    }
    if (code === 'InternalError' && !FAILING.test(source.body) && !isStruck) {
      violate('a defect is the failure of its message alone', code, [serial]);
    }
    if (code === 'MessageContractViolation') {
      if (fate !== 'breaksContract') violate('nobody is rejected who was good', code, [serial]);
    } else if (REJECTION_CODES.has(code)) {
      if (BAD_USER_CODES.has(code) && !POISON.test(letter.body)) {
        violate('nobody is rejected who was good', code, [serial]);
      } else if (!account.answers.has(code)) violate('a reason is what the service said', code, [serial]);
    } else if (receives < maxReceiveCount) {
      violate('what may pass is tried again', `${code} after ${receives} of ${maxReceiveCount} receives`, [serial]);
    }
  }

  /** Letters of a message group come in its order, or a replay would turn it round. What was stored before is no matter. */
  function checkLetterOrder({ groupId, sequence }: BatchMessage, serials: readonly number[]): void {
    const last = lastLettered.get(groupId) ?? 0;
    lastLettered.set(groupId, Math.max(last, sequence));
    if (sequence >= last || !options.isOrderKept()) return;
    eachOf(serials, ({ record, letters }) => {
      const isStored = [...accounts.values()].some((other) => other.record.userId === record.userId && other.isStored);
      if (letters === 1 && !isStored) violate('letters of a group keep its order', 'one came late', [record.serial]);
    });
  }

  /**
   * Where nothing went wrong, and nobody was bad, only a message with a defect is retried, and what is behind it in its group.
   * The function has the time for all others: its batch is sized so, and no earlier trouble has made it slow.
   */
  function checkRetries(invocation: Invocation, failed: ReadonlySet<string>): void {
    const { environment, messages, isLate, isTroubled, isStruck } = invocation;
    if (isLate || isTroubled || isStruck) troubled.add(environment);
    // With the order guard a record may wait for another invocation, too: for one that is working, or has died long ago.
    if (orderGuard || troubled.has(environment)) return;
    const isBad = (serial: number) =>
      ['breaksContract', 'refusedByPutUsers'].includes(accountOf(serial)?.record.fate ?? 'refusedByPutUsers');
    if (messages.some(({ body }) => !FAILING.test(body) && serialsIn(body).some(isBad))) return;
    const blocked = new Set<string>();
    for (const { id, groupId, body } of messages) {
      if (!failed.has(id)) continue;
      const isExplained = FAILING.test(body) || (groupId !== undefined && fifo && blocked.has(groupId));
      if (groupId !== undefined) blocked.add(groupId);
      if (!isExplained) violate('what is retried has a reason of its own', `${id} had none`, serialsIn(body));
    }
  }

  /** What follows a failed message in its group has failed, too. */
  function checkGroups({ messages }: Invocation, failed: ReadonlySet<string>): void {
    const blocked = new Set<string | undefined>();
    for (const { id, groupId, body } of messages) {
      if (failed.has(id)) blocked.add(groupId);
      else if (blocked.has(groupId))
        violate('a message group keeps its order', 'one was released early', serialsIn(body));
    }
  }

  /**
   * Of a message group, no message has its effect after a later one has had it for good.
   *
   * For good means: its message is deleted. A message may be stored, and even acknowledged, and still come again, since a
   * mapping may fail to delete it; then what is before it in its group may come again first, alone, and is stored after
   * it. That is no fault of the function, which sees nothing but the older message, and no harm: until the later message is
   * deleted it stands in the queue behind the older one, so that it is received after it and stored once more. So at that
   * moment nothing is decided; it is when the later message is deleted. By then a record of the user that is as new
   * must have been stored again, or a letter stand for it.
   */
  function checkOrder(invocation: Invocation, userId: string, serial: number): void {
    const sequence = Math.max(
      ...invocation.messages.filter(({ body }) => serialsIn(body).includes(serial)).map((message) => message.sequence),
    );
    const before = lastStored.get(userId);
    if (!before || sequence >= before.sequence) {
      lastStored.set(userId, { sequence, serial });
      overtaken.delete(userId);
      return;
    }
    // Stored, and refused when it was called again, since no answer had come: then its letter stands for it.
    if (!options.isOrderKept() || workOf(invocation).refused.has(before.serial)) return;
    const debt = { sequence: before.sequence, serials: [serial, before.serial] };
    if (deleted.has(before.sequence)) mustHaveLetter(debt);
    else overtaken.set(userId, debt);
  }

  /** The newer record of the two is gone, and the older one was stored after it. */
  function mustHaveLetter({ serials }: { readonly serials: readonly number[] }): void {
    const isLettered = accountOf(serials.at(-1)!)?.isLettered ?? false;
    if (!isLettered && options.isOrderKept())
      violate('a message group keeps its order', 'an older record came last', serials);
  }
}

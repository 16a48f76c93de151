/** Accounts for every user that was sent: where is it now? */
import { serialsIn } from '../../simulation/records.ts';
import type { SentMessage, SentRecord } from './traffic.ts';

/** A message of the dead-letter queue. */
export interface FoundLetter {
  readonly body: string;
  /** Undefined for one that the queue moved there by itself: it has no reason. */
  readonly code: string | undefined;
}

/** What the function made of a batch. */
export interface SettledBatch {
  readonly received: readonly ReceivedRecord[];
  /** The serials of what it acknowledged. */
  readonly acknowledged: readonly number[];
}

export interface ReceivedRecord {
  readonly serial: number;
  /** When the queue accepted its message, in milliseconds. It alone says which of two records is newer. */
  readonly sentAt: number;
}

export interface Evidence {
  readonly sent: readonly SentMessage[];
  readonly batches: readonly SettledBatch[];
  /** The serials of all records that PutUsers ever stored. */
  readonly stored: ReadonlySet<number>;
  readonly letters: readonly FoundLetter[];
  /** Serials are versions, so that a record is superseded by any newer one that was stored. @default by one of its batch */
  readonly versions?: boolean;
}

/** Where users are, by count, and what must not be. */
export interface Ledger {
  readonly users: number;
  readonly delivered: number;
  /** Never stored, but acknowledged in a batch with another record of the same user, no older, which was stored. */
  readonly superseded: number;
  /** Broken ones, each with its reason. */
  readonly rejected: number;
  /** Good ones that were tried too often, by reason: to be replayed. */
  readonly exhausted: Readonly<Record<string, number>>;
  /** In the dead-letter queue without a reason: the function crashed on their last receive. */
  readonly movedByTheQueue: number;
  /** Letters about a user of whom there was one already. */
  readonly repeatedLetters: number;
  /** What breaks the promise: in words, one entry a user. */
  readonly violations: readonly string[];
}

/** Reconciles what was sent with what is found. */
export function reconcile({ sent, batches, stored, letters, versions = false }: Evidence): Ledger {
  const superseded = versions ? olderSerials({ sent, batches, stored }) : supersededSerials({ sent, batches, stored });
  const lettersBySerial = new Map<number, FoundLetter[]>();
  const violations: string[] = [];
  for (const letter of letters) {
    const serials = serialsIn(letter.body);
    for (const serial of serials) {
      lettersBySerial.set(serial, [...(lettersBySerial.get(serial) ?? []), letter]);
    }
    if (serials.length === 0) violations.push(`a dead letter is about nobody: ${letter.body.slice(0, 100)}`);
  }

  const counts = { users: 0, delivered: 0, superseded: 0, rejected: 0, movedByTheQueue: 0, repeatedLetters: 0 };
  const exhausted: Record<string, number> = {};
  for (const record of sent.flatMap(({ records }) => records)) {
    counts.users++;
    const about = lettersBySerial.get(record.serial) ?? [];
    lettersBySerial.delete(record.serial);
    counts.repeatedLetters += Math.max(0, about.length - 1);

    const isStored = stored.has(record.serial);
    if (isStored && record.fate !== 'deliverable') violations.push(`${name(record)} was stored though it is broken`);
    const letter = about.find(({ code }) => code !== undefined);
    if (isStored) counts.delivered++;
    else if (letter && record.fate !== 'deliverable') counts.rejected++;
    else if (letter) exhausted[letter.code!] = (exhausted[letter.code!] ?? 0) + 1;
    else if (about.length > 0) counts.movedByTheQueue++;
    else if (record.fate !== 'breaksContract' && superseded.has(record.serial)) counts.superseded++;
    else violations.push(`${name(record)} is missing: neither stored, nor superseded, nor a dead letter`);
  }
  for (const serial of lettersBySerial.keys())
    violations.push(`a dead letter is about ${serial}, which was never sent`);
  return { ...counts, exhausted, violations };
}

function supersededSerials({
  sent,
  batches,
  stored,
}: Pick<Evidence, 'sent' | 'batches' | 'stored'>): ReadonlySet<number> {
  const userIds = new Map(sent.flatMap(({ records }) => records.map(({ serial, userId }) => [serial, userId])));
  const superseded = new Set<number>();
  for (const { received, acknowledged } of batches) {
    // A message that was sent twice is as new as its later copy.
    const sentAt = new Map(
      received.toSorted((a, b) => a.sentAt - b.sentAt).map((record) => [record.serial, record.sentAt]),
    );
    const newestStored = new Map<string, number>();
    for (const { serial } of received.filter((record) => stored.has(record.serial))) {
      const userId = userIds.get(serial)!;
      newestStored.set(userId, Math.max(sentAt.get(serial)!, newestStored.get(userId) ?? 0));
    }
    for (const serial of acknowledged) {
      const newest = newestStored.get(userIds.get(serial)!);
      if (newest !== undefined && newest >= sentAt.get(serial)!) superseded.add(serial);
    }
  }
  return superseded;
}

/** Those that were acknowledged, and of whose user a newer one was stored. */
function olderSerials({ sent, batches, stored }: Pick<Evidence, 'sent' | 'batches' | 'stored'>): ReadonlySet<number> {
  const acknowledged = new Set(batches.flatMap((batch) => batch.acknowledged));
  const records = sent.flatMap((message) => message.records);
  const newest = new Map<string, number>();
  for (const { userId, serial } of records) if (stored.has(serial)) newest.set(userId, serial);
  return new Set(
    records
      .filter(({ userId, serial }) => acknowledged.has(serial) && (newest.get(userId) ?? 0) > serial)
      .map(({ serial }) => serial),
  );
}

function name({ serial, userId, fate }: SentRecord): string {
  return `record ${serial} of ${userId} (${fate})`;
}

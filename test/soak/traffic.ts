/** Messages for a soak, and what is to become of each user in them. Everything follows from the seed. */
import { groupOfUser } from '../../aws/sqs/message-group.ts';
import type { Random } from '../../local/random.ts';

/** One user of one message. */
export interface SentRecord {
  /** Its own number, which it carries as a property, so that it can be told apart from every other. */
  readonly serial: number;
  readonly userId: string;
  /** Whether the dataset can take it; if not, who refuses it. */
  readonly fate: 'deliverable' | 'breaksContract' | 'refusedByPutUsers';
}

export interface SentMessage {
  readonly body: string;
  readonly records: readonly SentRecord[];
  /** The message group on a FIFO queue: all records of a user are in one. */
  readonly group: string;
}

export interface TrafficOptions {
  readonly users: number;
  /** The share of users that are broken in some way. */
  readonly brokenShare: number;
  /**
   * For a FIFO queue: half of the messages are in the groups of their users, the others, packed ones among them, in some shards.
   * @default messages of anybody are packed
   */
  readonly fifo?: boolean;
  /** Whether each record says by its version how new it is. @default none does */
  readonly versions?: boolean;
}

/** What no log line and no metric may ever hold. */
export const SECRETS = ['soak-user-', 'Ruritania'] as const;

const PACKED_SHARE = 0.2;
const LARGEST_PACK = 20;
/** Groups of users whose records are packed, on a FIFO queue. */
const SHARDS = 16;
/** The share of records that are about a user who had one before. */
const REPEATED_SHARE = 0.1;

type Draft = Record<string, unknown>;
type Breakage = readonly [fate: SentRecord['fate'], breakIt: (user: Draft, properties: Draft) => unknown];

/** A dozen and more ways for a user to be broken. */
const BREAKAGES: readonly Breakage[] = [
  ['breaksContract', (user) => ({ ...user, userId: '' })],
  ['breaksContract', (user) => ({ ...user, userId: 7 })],
  ['breaksContract', (user) => ({ ...user, userId: 'x'.repeat(257) })],
  ['breaksContract', (user) => ({ ...user, props: {} })],
  ['breaksContract', ({ userId: _, ...user }) => user],
  ['breaksContract', (user, properties) => ({ ...user, properties: { ...properties, country: { code: 'R' } } })],
  ['breaksContract', (user, properties) => ({ ...user, properties: { ...properties, favouriteGenres: ['A', 'B'] } })],
  ['breaksContract', (user, properties) => ({ ...user, properties: { ...properties, country: 'R'.repeat(24_000) } })],
  ['breaksContract', (user, properties) => ({ ...user, properties: [properties] })],
  ['refusedByPutUsers', (user, properties) => ({ ...user, properties: { ...properties, ageInYears: 31 } })],
  ['refusedByPutUsers', (user, properties) => ({ ...user, properties: { ...properties, age: 'thirty-one' } })],
  ['refusedByPutUsers', (user, properties) => ({ ...user, properties: { ...properties, membershipType: null } })],
];

/** Makes the messages, in the order in which they are to be sent. */
export function makeTraffic(
  { users, brokenShare, fifo = false, versions = false }: TrafficOptions,
  random: Random,
): readonly SentMessage[] {
  const messages: SentMessage[] = [];
  let serial = 0;
  let persons = 0;
  const pick = (count: number) => Math.floor(random() * count);
  /** Who was made so far: one crowd, or on a FIFO queue one for each shard, and the first of those who have groups of their own. */
  const crowds = Array.from({ length: fifo ? SHARDS + 1 : 1 }, (): number[] => []);
  const crowdOfMessage = (isPacked: boolean) => (fifo && (isPacked || random() < 0.5) ? 1 + pick(SHARDS) : 0);

  const makeUser = (crowd: number): { record: SentRecord; user: unknown } => {
    serial++;
    const people = crowds[crowd]!;
    const isRepeated = people.length > 0 && random() < REPEATED_SHARE;
    // Of those who had a record before, the recent ones, so that both are often in one batch.
    const person = isRepeated ? people[people.length - 1 - pick(Math.min(people.length, 200))]! : persons++;
    if (!isRepeated) people.push(person);
    const userId = `soak-user-${person}`;
    const properties = {
      numberOfVideosWatched: serial,
      country: 'Ruritania',
      membershipType: 'Free',
      subscribed: true,
    };
    const user = { userId, properties, ...(versions && { version: serial }) };
    if (random() >= brokenShare) return { record: { serial, userId, fate: 'deliverable' }, user };
    const [fate, breakIt] = BREAKAGES[pick(BREAKAGES.length)]!;
    return { record: { serial, userId, fate }, user: breakIt(user, properties) };
  };

  while (serial < users) {
    if (random() < PACKED_SHARE) {
      const size = Math.min(1 + pick(LARGEST_PACK), users - serial);
      const crowd = crowdOfMessage(true);
      const made = Array.from({ length: size }, () => makeUser(crowd));
      const body = JSON.stringify({ users: made.map(({ user }) => user) });
      messages.push({ body, records: made.map(({ record }) => record), group: `shard-${crowd}` });
    } else {
      const crowd = crowdOfMessage(false);
      const { record, user } = makeUser(crowd);
      const text = JSON.stringify(user);
      const isCutOff = random() < brokenShare / 10;
      messages.push({
        body: isCutOff ? text.slice(0, -1) : text,
        records: [isCutOff ? { ...record, fate: 'breaksContract' } : record],
        group: crowd === 0 ? groupOfUser(record) : `shard-${crowd}`,
      });
    }
  }
  return messages;
}

/** The numbers of the records that a body is about. */
export function serialsIn(body: string): readonly number[] {
  return [...body.matchAll(/"numberOfVideosWatched":\s*(\d+)/g)].map(([, serial]) => Number(serial));
}

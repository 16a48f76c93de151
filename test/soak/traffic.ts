/** Messages for a soak, and what is to become of each user in them. Everything follows from the seed. */
import { groupOfUser } from '../../aws/sqs/message-group.ts';
import type { Random } from '../../local/random.ts';
import { BREAKAGES, type Breakage, cutOff } from '../../simulation/breakages.ts';
import type { Fate, SentRecord as SimulatedRecord } from '../../simulation/records.ts';

/** One user of one message. Its number is the higher, the later it is sent. */
export type SentRecord = Pick<SimulatedRecord, 'serial' | 'userId'> & { readonly fate: Exclude<Fate, 'defective'> };

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

const PACKED_SHARE = 0.2;
const LARGEST_PACK = 20;
/** Groups of users whose records are packed, on a FIFO queue. */
const SHARDS = 16;
/** The share of records that are about a user who had one before. */
const REPEATED_SHARE = 0.1;

/** What the dataset's schema does not take. */
const REFUSALS: readonly Breakage[] = [
  (user, properties) => ({ ...user, properties: { ...properties, ageInYears: 31 } }),
  (user, properties) => ({ ...user, properties: { ...properties, age: 'thirty-one' } }),
  (user, properties) => ({ ...user, properties: { ...properties, membershipType: null } }),
];

const BROKEN: readonly (readonly [SentRecord['fate'], Breakage])[] = [
  ...BREAKAGES.map((breakIt) => ['breaksContract', breakIt] as const),
  ...REFUSALS.map((breakIt) => ['refusedByPutUsers', breakIt] as const),
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
    const userId = `secret-user-${person}`;
    const properties = {
      numberOfVideosWatched: serial,
      country: 'Ruritania',
      membershipType: 'Free',
      subscribed: true,
    };
    const user = { userId, properties, ...(versions && { version: serial }) };
    if (random() >= brokenShare) return { record: { serial, userId, fate: 'deliverable' }, user };
    const [fate, breakIt] = BROKEN[pick(BROKEN.length)]!;
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
        body: isCutOff ? cutOff(text) : text,
        records: [isCutOff ? { ...record, fate: 'breaksContract' } : record],
        group: crowd === 0 ? groupOfUser(record) : `shard-${crowd}`,
      });
    }
  }
  return messages;
}

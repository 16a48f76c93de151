/** Batches as Lambda hands them to the function, for whatever is to be measured with them. */
import { randomUUID } from 'node:crypto';
import { type SqsEvent, toSqsRecord } from '../local/event-source-mapping/sqs-event.ts';

const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:123456789012:users';

export interface EventOptions {
  readonly records: number;
  /** @default 1, as a message without an envelope */
  readonly usersPerMessage?: number;
  /** The length of a user as JSON, in bytes: 80 or more. @default 500 */
  readonly bytesPerUser?: number;
}

/** Makes an event of records that nobody has seen before, read from JSON, as Lambda's runtime does. */
export function makeEvent({ records, usersPerMessage = 1, bytesPerUser = 500 }: EventOptions): SqsEvent {
  const Records = Array.from({ length: records }, (_, index) =>
    toSqsRecord(
      {
        MessageId: randomUUID(),
        ReceiptHandle: randomUUID().repeat(5),
        Body: makeBody(index * usersPerMessage, usersPerMessage, bytesPerUser),
        Attributes: {
          ApproximateReceiveCount: '1',
          ApproximateFirstReceiveTimestamp: '1767225600500',
          SenderId: 'AROAEXAMPLE:producer',
          SentTimestamp: String(1_767_225_600_000 + index),
        },
        MD5OfBody: randomUUID().replaceAll('-', ''),
      },
      QUEUE_ARN,
    ),
  );
  return JSON.parse(JSON.stringify({ Records }));
}

/** The schema of a dataset that takes the users of these events, in Avro. */
export const EVENT_SCHEMA = JSON.stringify({
  type: 'record',
  name: 'Users',
  fields: [
    { name: 'USER_ID', type: 'string' },
    { name: 'AGE', type: ['null', 'int'] },
    { name: 'MEMBERSHIP_TYPE', type: ['null', 'string'], categorical: true },
    { name: 'FAVOURITE_GENRES', type: ['null', 'string'], categorical: true },
    { name: 'MEMBERSHIP_MONTHS', type: ['null', 'int'] },
    { name: 'AVERAGE_RATING', type: ['null', 'double'] },
    { name: 'NUMBER_OF_VIDEOS_WATCHED', type: ['null', 'long'] },
    { name: 'SUBSCRIBED', type: ['null', 'boolean'] },
    { name: 'COUNTRY', type: ['null', 'string'], categorical: true },
    { name: 'CITY', type: ['null', 'string'] },
    { name: 'DEVICE', type: ['null', 'string'], categorical: true },
    { name: 'GENDER', type: ['null', 'string'], categorical: true },
    { name: 'INTERESTS', type: 'string', categorical: true },
  ],
});

function makeBody(first: number, users: number, bytes: number): string {
  if (users === 1) return JSON.stringify(makeUser(first, bytes));
  return JSON.stringify({ users: Array.from({ length: users }, (_, index) => makeUser(first + index, bytes)) });
}

/** A user with as many of a dozen properties as fit, and one more that makes it as long as it is to be. */
function makeUser(number: number, bytes: number) {
  const dozen = {
    age: 18 + (number % 60),
    membershipType: 'Premium',
    favouriteGenres: 'drama|comedy|documentary',
    membershipMonths: number % 100,
    averageRating: (number % 50) / 10,
    numberOfVideosWatched: number,
    subscribed: number % 3 === 0,
    country: 'Ruritania',
    city: 'Strelsau',
    device: number % 5 === 0 ? null : 'television',
    gender: number % 2 === 0 ? 'female' : 'male',
  };
  const user = {
    userId: `user-${number.toString(36).padStart(12, '0')}`,
    properties: { interests: '' } as Record<string, string | number | boolean | null>,
  };
  const missing = () => bytes - JSON.stringify(user).length;
  for (const [name, value] of Object.entries(dozen)) {
    if (JSON.stringify({ [name]: value }).length < missing()) user.properties[name] = value;
  }
  user.properties.interests = 'abcdefghijklmnopqrstuvwxyz|'
    .repeat(Math.ceil(bytes / 27))
    .slice(0, Math.max(0, missing()));
  return user;
}

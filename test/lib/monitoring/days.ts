/** Days of a pipeline in a model of it, minute by minute: users come, wait in order, and are delivered within the quota. */
import { type IngestionMetricName, OCCASIONAL_METRICS } from '../../../contract/deployment/metrics.ts';
import type { SeriesByName } from './evaluate-alarm.ts';

/** What a day brings, each by the minute of the day. What is not given is as it is in good health. */
export interface Day {
  /** @default 1440 */
  readonly minutes?: number;
  /** Calls in a second that the quota allows. @default 10 */
  readonly requestsPerSecond?: number;
  /** Users that are sent in a minute. */
  readonly sent: (minute: number) => number;
  /** The part of the quota that gets anywhere. @default 1 */
  readonly capacity?: (minute: number) => number;
  /** The part of the calls that is throttled, and delivers nobody. @default 0 */
  readonly throttled?: (minute: number) => number;
  /** Invocations that fail. @default 0 */
  readonly errors?: (minute: number) => number;
  /** Messages that a defect of the function struck. @default 0 */
  readonly defects?: (minute: number) => number;
  /** Letters in the dead-letter queue. @default 0 */
  readonly deadLetters?: (minute: number) => number;
  /** Users that the function says it dead-lettered. @default 0 */
  readonly rejected?: (minute: number) => number;
  /** A batch tells of itself when it is done: after this many minutes. @default 1 */
  readonly minutesOfABatch?: number;
  /** The part of users that fails at first and comes again after minutes of backing off, as old as it is by then. @default 0 */
  readonly backsOff?: number;
}

/** Minutes of back-off of the default settings, all told. */
const BACK_OFF_IN_MINUTES = 17;

interface Cohort {
  readonly minute: number;
  users: number;
}

interface Waiting extends Cohort {
  readonly until: number;
}

/** The metrics of a day, by the names that `evaluateAlarm` has for them. */
export function metricsOf(day: Day): SeriesByName {
  const { minutes = 1440, minutesOfABatch = 1, requestsPerSecond = 10, backsOff = 0 } = day;
  const zero = () => 0;
  const { capacity = () => 1, throttled = zero, errors = zero, defects = zero, deadLetters = zero } = day;
  const { rejected = zero } = day;
  const queue: Cohort[] = [];
  const backingOff: Waiting[] = [];
  const unpublished = { UsersDelivered: 0, PutUsersCalls: 0, ThrottledCalls: 0, worked: false, age: 0 };
  const series = emptySeries();
  let waiting = 0;

  for (let minute = 0; minute < minutes; minute++) {
    const sent = day.sent(minute);
    if (sent > 0) queue.push({ minute, users: sent });
    waiting += sent;
    const quota = Math.floor(60 * requestsPerSecond * capacity(minute));
    const working = capacity(minute) > 0 && (waiting > 0 || backingOff.some(({ until }) => until === minute));
    const room = Math.floor(quota * (1 - throttled(minute))) * 10;
    const taken = take(queue, room);
    waiting -= users(taken);
    const late = taken.reduce((sum, cohort) => sum + setBack(cohort, backsOff, minute, backingOff), 0);
    const back = backingOff.filter(({ until }) => until === minute);
    for (const cohort of back) backingOff.splice(backingOff.indexOf(cohort), 1);
    const delivered = users(taken) - late + users(back);
    const calls = Math.ceil((users(taken) + users(back)) / 10);

    unpublished.worked ||= working;
    unpublished.UsersDelivered += delivered;
    unpublished.PutUsersCalls += working ? calls + Math.ceil(quota * throttled(minute)) : 0;
    unpublished.ThrottledCalls += working ? Math.ceil(quota * throttled(minute)) : 0;
    // What is hidden for the third time and more is left out by SQS, and not by the function.
    const inHand = [...taken, ...back].map((cohort) => cohort.minute);
    unpublished.age = Math.max(unpublished.age, ...inHand.map((sentAt) => (minute - sentAt) * 60_000));
    const published = unpublished.worked && (minute + 1) % minutesOfABatch === 0;
    for (const name of ['UsersDelivered', 'PutUsersCalls', 'ThrottledCalls'] as const) {
      series[name]!.push(published ? asPublished(name, unpublished[name]) : undefined);
      if (published) unpublished[name] = 0;
    }
    series.OldestMessageAge!.push(published ? unpublished.age : undefined);
    if (published) Object.assign(unpublished, { worked: false, age: 0 });
    series.UsersRejected!.push(published ? asPublished('UsersRejected', rejected(minute)) : undefined);

    const hidden = users(backingOff);
    const oldest = queue[0]?.minute ?? minute;
    series['UsersQueue.ApproximateNumberOfMessagesVisible']!.push(waiting);
    series['UsersQueue.ApproximateNumberOfMessagesNotVisible']!.push(hidden);
    series['UsersQueue.ApproximateAgeOfOldestMessage']!.push((minute - oldest) * 60);
    series['DeadLetterQueue.ApproximateNumberOfMessagesVisible']!.push(deadLetters(minute));
    series.Errors!.push(working ? errors(minute) : undefined);
    series.InternalErrors!.push(working ? asPublished('InternalErrors', defects(minute)) : undefined);
  }
  return series;
}

/** Batches leave out what they have none of. */
function asPublished(name: IngestionMetricName, count: number): number | undefined {
  return count === 0 && OCCASIONAL_METRICS.some((occasional) => occasional === name) ? undefined : count;
}

/** A day on which nothing is published: SQS keeps silent about a queue that nobody has used for hours. */
export function silentDay(minutes = 1440): SeriesByName {
  const series = emptySeries();
  for (const values of Object.values(series)) values.push(...Array<undefined>(minutes).fill(undefined));
  return series;
}

function emptySeries(): Record<string, (number | undefined)[]> {
  return {
    UsersDelivered: [],
    PutUsersCalls: [],
    ThrottledCalls: [],
    OldestMessageAge: [],
    UsersRejected: [],
    Errors: [],
    InternalErrors: [],
    'UsersQueue.ApproximateNumberOfMessagesVisible': [],
    'UsersQueue.ApproximateNumberOfMessagesNotVisible': [],
    'UsersQueue.ApproximateAgeOfOldestMessage': [],
    // Nothing, as long as no message has a group.
    'UsersQueue.ApproximateNumberOfNoisyGroups': [],
    'UsersQueue.ApproximateAgeOfOldestMessageInQuietGroups': [],
    'DeadLetterQueue.ApproximateNumberOfMessagesVisible': [],
  };
}

function users(cohorts: readonly Cohort[]): number {
  return cohorts.reduce((sum, cohort) => sum + cohort.users, 0);
}

/** Takes users from the queue, oldest first. */
function take(queue: Cohort[], room: number): Cohort[] {
  const taken: Cohort[] = [];
  for (let left = room; left > 0 && queue.length > 0; ) {
    const [cohort] = queue as [Cohort];
    const count = Math.min(left, cohort.users);
    taken.push({ minute: cohort.minute, users: count });
    cohort.users -= count;
    left -= count;
    if (cohort.users === 0) queue.shift();
  }
  return taken;
}

/** Sets a part of a cohort back to come again later, and says how many users that are. */
function setBack({ minute, users }: Cohort, part: number, now: number, backingOff: Waiting[]): number {
  const late = Math.ceil(users * part);
  if (late > 0) backingOff.push({ minute, users: late, until: now + BACK_OFF_IN_MINUTES });
  return late;
}

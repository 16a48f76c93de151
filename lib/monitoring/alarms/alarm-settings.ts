/** How the alarms of a pipeline can be adjusted, each by itself. */
import type { Duration } from 'aws-cdk-lib';

/** Whether an alarm is to wake somebody, or can wait until the morning. */
export type AlarmSeverity = 'urgent' | 'canWait';

/** What can be changed of an alarm. */
export interface AlarmSettings {
  /**
   * The figure above which it fires, in the unit of the alarm.
   * @default - what fits the sizes
   */
  readonly threshold?: number;
  /**
   * For how long the figure has to be above the threshold before the alarm fires: at most a day, rounded up to whole periods of the alarm,
   * which are minutes.
   * @default - what fits the sizes
   */
  readonly patience?: Duration;
  /**
   * Which topic hears of it.
   * @default - urgent for `nothingDelivered`, `deadLetters` and `oldMessages`; the others can wait
   */
  readonly severity?: AlarmSeverity;
}

/** The alarms by name. `false` leaves one out. */
export interface UserIngestionAlarms {
  /** Messages that are in the queue while no user is delivered. */
  readonly nothingDelivered?: AlarmSettings | false;
  /** Dead letters: in the queue, or new by what the function says. */
  readonly deadLetters?: AlarmSettings | false;
  /** New dead letters, of users, in five minutes in which there were some in the queue all the time. */
  readonly moreDeadLetters?: AlarmSettings | false;
  /** The age of the oldest message while it is not a backlog that is drained, in seconds. */
  readonly oldMessages?: AlarmSettings | false;
  /** Failed invocations, and messages that a defect of the function struck, in five minutes. */
  readonly functionErrors?: AlarmSettings | false;
  /** Throttled calls, in a hundred. */
  readonly throttling?: AlarmSettings | false;
}

/** The name of an alarm, as settings have it. */
export type AlarmKey = keyof UserIngestionAlarms;

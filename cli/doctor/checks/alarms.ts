/** The alarms, and whether anybody hears of them. */
import { type Finding, failed, findingOf, type Problem, warning } from '../finding.ts';

/** Of DescribeAlarms. */
export interface AlarmState {
  readonly name: string;
  /** OK, ALARM or INSUFFICIENT_DATA. */
  readonly state: string;
  readonly reason?: string | undefined;
  readonly actionsEnabled: boolean;
  readonly actions: readonly string[];
}

export const ALARMS = 'Alarms';

/** @param expected - names of the alarms that were deployed */
export function checkAlarms(alarms: readonly AlarmState[], expected: readonly string[]): Finding {
  const found = new Set(alarms.map(({ name }) => name));
  const missing = expected.filter((name) => !found.has(name));
  return findingOf(
    ALARMS,
    [
      missing.length > 0 ? failed(`They are gone: ${missing.join(', ')}.`, 'Deploy the stack again.') : undefined,
      ...alarms.map(stateProblem),
      silent(
        alarms,
        ({ actionsEnabled }) => !actionsEnabled,
        'tell nobody, since their actions are disabled',
        'aws cloudwatch enable-alarm-actions',
      ),
      silent(alarms, ({ actions }) => actions.length === 0, 'have nobody to tell', 'Deploy the stack again.'),
    ],
    expected.length === 0
      ? 'None was deployed (monitoring).'
      : `${alarms.length} alarms, none of them on. New ones have no data yet, which is fine.`,
  );
}

function stateProblem({ name, state, reason }: AlarmState): Problem | undefined {
  if (state !== 'ALARM') return undefined;
  return warning(
    `${name} is on${reason ? `: ${reason}` : ''}.`.replace('..', '.'),
    'docs/operations.md has an entry for each alarm.',
  );
}

function silent(
  alarms: readonly AlarmState[],
  isSilent: (alarm: AlarmState) => boolean,
  what: string,
  todo: string,
): Problem | undefined {
  const names = alarms.filter(isSilent).map(({ name }) => name);
  return names.length > 0 ? warning(`${names.join(', ')} ${what}.`, todo) : undefined;
}

/** A topic, and who listens. */
export interface TopicState {
  readonly arn: string;
  /** Of ListSubscriptionsByTopic: an ARN, `PendingConfirmation` or `Deleted`. */
  readonly subscriptions: readonly string[];
}

export const TOPIC = 'Alarm topic';

export function checkTopics(topics: readonly TopicState[]): Finding {
  return findingOf(
    TOPIC,
    topics.map(topicProblem),
    `${topics.map(({ arn }) => arn.slice(arn.lastIndexOf(':') + 1)).join(', ')}: somebody has subscribed, and confirmed it.`,
  );
}

function topicProblem({ arn, subscriptions }: TopicState): Problem | undefined {
  if (subscriptions.some((subscription) => subscription.startsWith('arn:'))) return undefined;
  if (subscriptions.includes('PendingConfirmation')) {
    return warning(
      `Nobody hears of alarms: the subscription of ${arn} is not confirmed.`,
      'Open the mail of AWS Notifications, and confirm; if there is none, deploy with alarmEmail again.',
    );
  }
  return warning(`Nobody hears of alarms: ${arn} has no subscriber.`, 'Deploy with alarmEmail, or subscribe to it.');
}

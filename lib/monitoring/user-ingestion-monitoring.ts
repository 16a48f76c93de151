/** What watches a pipeline: alarms and who hears of them, a dashboard, and saved queries of the logs. */
import { Names, Stack } from 'aws-cdk-lib';
import { Alarm, type AlarmBase, Dashboard, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { difference, placeOfArn, placeOfEnvironment } from '../place.ts';
import { SettingError } from '../setting.ts';
import { checkSettings } from '../settings.ts';
import type { UserIngestion } from '../user-ingestion.ts';
import { alarmArn } from './alarm-arn.ts';
import { createAlarmTopic } from './alarm-topic.ts';
import { type AlarmDefinition, createAlarm, nameOf } from './alarms/alarm-definition.ts';
import type { AlarmSeverity, UserIngestionAlarms } from './alarms/alarm-settings.ts';
import { alarmsOf } from './alarms/alarms.ts';
import { dashboardUrl } from './console.ts';
import { dashboardWidgets, type Shown } from './dashboard.ts';
import { saveQueries } from './saved-queries.ts';

/** Who hears of which alarms, and how the alarms are adjusted. */
export interface AlarmProps {
  /**
   * An e-mail address that hears of the alarms, once it has confirmed that it wants to.
   * @default - nobody does, until something subscribes to `alarmTopic`
   */
  readonly alarmEmail?: string;
  /**
   * An e-mail address that hears of the alarms that can wait, once it has confirmed that it wants to. `alarmEmail` is then for
   * the urgent ones.
   * @default - one address, or topic, hears of all
   */
  readonly noticeEmail?: string;
  /**
   * The alarms that are not to be as they are by default. `false` leaves one out.
   * @default - all of them, with thresholds and patience that fit the sizes
   */
  readonly alarms?: UserIngestionAlarms;
}

/** What a `UserIngestionMonitoring` is made from. */
export interface UserIngestionMonitoringProps extends AlarmProps {
  /** The pipeline to watch. */
  readonly ingestion: UserIngestion;
  /**
   * What the dashboard and the folder of the saved queries are called, and what the alarms' names begin with: 1 to 200
   * letters, digits, hyphens and underscores, unlike any other in the account and region.
   * @default - a name from the construct's path
   */
  readonly name?: string;
  /**
   * A topic of your own that hears of the alarms. Its policy, and that of its key, have to let CloudWatch publish.
   * @default - one is made that nothing else may publish to, encrypted with the pipeline's `encryptionKey` if it has one
   */
  readonly alarmTopic?: ITopic;
  /**
   * A topic of your own that hears of the alarms that can wait. `alarmTopic` then hears of the urgent ones.
   * @default - `alarmTopic`, or one that is made if there is a `noticeEmail`
   */
  readonly noticeTopic?: ITopic;
  /**
   * Whether there is a dashboard. `widgets` is for one of your own.
   * @default true
   */
  readonly hasDashboard?: boolean;
}

/**
 * Watches a pipeline.
 *
 * @example
 * new UserIngestionMonitoring(this, 'Monitoring', { ingestion, alarmEmail: 'on-call@example.com' });
 */
export class UserIngestionMonitoring extends Construct {
  /** Hears of the urgent alarms, when one begins and when it is over. */
  readonly alarmTopic: ITopic;
  /** Hears of the alarms that can wait: `alarmTopic`, unless there is one apart. */
  readonly noticeTopic: ITopic;
  /** The alarms, the most urgent first. Each one's description says what to do. */
  readonly alarms: readonly AlarmBase[];
  /** Shows how the pipeline is doing, unless it was not wanted. */
  readonly dashboard: Dashboard | undefined;
  /** What the dashboard and the saved queries are called, and what the alarms' names begin with. */
  readonly name: string;
  private readonly shown: Shown;

  /** @throws SettingError for a prop that is not as it is to be, or props that cannot work together */
  constructor(scope: Construct, id: string, props: UserIngestionMonitoringProps) {
    super(scope, id);
    refuse(props);
    for (const topic of ['alarmTopic', 'noticeTopic'] as const) refuseTopicElsewhere(this, topic, props[topic]);
    const { ingestion, name = uniqueName(this) } = props;
    refuseNameTwice(this, name);
    this.name = name;
    const definitions = alarmsOf(ingestion, props.alarms);
    const arnOf = (definition: AlarmDefinition) => alarmArn(Stack.of(this), nameIn(name, definition));
    const topics = topicsOf(this, props, definitions, arnOf);
    this.alarmTopic = topics.urgent;
    this.noticeTopic = topics.canWait;

    this.alarms = definitions.map((definition) =>
      createAlarm(this, definition, nameIn(name, definition), topics[definition.severity]),
    );
    const alarms = definitions.map((definition, index) =>
      Alarm.fromAlarmArn(this, `AlarmStatus${index}`, arnOf(definition)),
    );
    this.shown = { ingestion, definitions, alarms };
    this.dashboard = (props.hasDashboard ?? true) ? createDashboard(this, name, this.widgets()) : undefined;
    saveQueries(this, name, ingestion.logGroup);
  }

  /** Where the dashboard is in the AWS console, if there is one. */
  get dashboardUrl(): string | undefined {
    return this.dashboard && dashboardUrl(this, this.name);
  }

  /**
   * What the dashboard shows, from top to bottom, to place on a dashboard of your own. Each is as wide as a dashboard. They are new ones
   * each time, since a widget has its place on one dashboard.
   *
   * @example
   * for (const widget of monitoring.widgets()) dashboard.addWidgets(widget);
   */
  widgets(): IWidget[] {
    return dashboardWidgets(this, this.shown);
  }
}

function nameIn(name: string, definition: AlarmDefinition): string {
  return `${name}-${nameOf(definition)}`;
}

/** The topic of each severity. One that is made lets those alarms publish that it hears of. */
function topicsOf(
  scope: Construct,
  props: UserIngestionMonitoringProps,
  definitions: readonly AlarmDefinition[],
  arnOf: (definition: AlarmDefinition) => string,
): Readonly<Record<AlarmSeverity, ITopic>> {
  const { alarmEmail, noticeEmail, noticeTopic, ingestion } = props;
  const { encryptionKey } = ingestion;
  const ofSeverity = (severity: AlarmSeverity) =>
    definitions.filter((definition) => definition.severity === severity).map(arnOf);
  const isApart = noticeTopic !== undefined || noticeEmail !== undefined;
  const alarmArns = isApart ? ofSeverity('urgent') : definitions.map(arnOf);
  const urgent = props.alarmTopic ?? createAlarmTopic(scope, 'AlarmTopic', { alarmEmail, alarmArns, encryptionKey });
  if (!isApart) return { urgent, canWait: urgent };
  const ofNotices = { alarmEmail: noticeEmail, alarmArns: ofSeverity('canWait'), encryptionKey };
  return { urgent, canWait: noticeTopic ?? createAlarmTopic(scope, 'NoticeTopic', ofNotices) };
}

function createDashboard(scope: Construct, dashboardName: string, widgets: readonly IWidget[]): Dashboard {
  const dashboard = new Dashboard(new Construct(scope, 'Dashboards'), 'Dashboard', { dashboardName });
  for (const widget of widgets) dashboard.addWidgets(widget);
  return dashboard;
}

/** Source: PutDashboard API reference; alarms and queries take more. */
const NAME = /^[\w-]{1,200}$/;

function refuse(props: UserIngestionMonitoringProps): void {
  checkSettings(props);
  const { name, alarmEmail, alarmTopic, noticeEmail, noticeTopic } = props;
  if (name !== undefined && !NAME.test(name)) {
    throw new SettingError(
      'name',
      `name takes 1 to 200 letters, digits, hyphens and underscores, but got ${JSON.stringify(name)}.`,
    );
  }
  refuseBoth({ alarmEmail, alarmTopic });
  refuseBoth({ noticeEmail, noticeTopic });
}

/** An address and a topic for the same alarms. */
function refuseBoth(props: Readonly<Record<string, unknown>>): void {
  if (Object.values(props).includes(undefined)) return;
  const [email, topic] = Object.keys(props) as [string, string];
  throw new SettingError(email, `${email} and ${topic} are both given: subscribe the address to the topic.`);
}

/**
 * CloudFormation refuses the second alarm of a name, and of two dashboards of a name one would go.
 *
 * @param scope - has no name yet
 */
function refuseNameTwice(scope: UserIngestionMonitoring, name: string): void {
  const constructs = Stack.of(scope).node.findAll();
  if (!constructs.some((each) => each instanceof UserIngestionMonitoring && each.name === name)) return;
  throw new SettingError(
    'name',
    `name takes one that no other monitoring of the stack has, but got ${JSON.stringify(name)} again.`,
  );
}

/**
 * Source: what PutMetricAlarm answers, "Invalid region ca-central-1 specified. Only us-west-2 is supported." and "Invalid
 * partition aws specified. Only aws-us-gov is supported." (cds-snc/notification-terraform, pull request 128;
 * aws-samples/amazon-cloudwatch-auto-alarms, issue 61).
 */
function refuseTopicElsewhere(scope: Construct, setting: string, alarmTopic: ITopic | undefined): void {
  if (alarmTopic === undefined) return;
  const [topic, alarms] = [placeOfArn(alarmTopic.topicArn), placeOfEnvironment(Stack.of(scope))];
  const part = difference(topic, alarms, ['partition', 'region']);
  if (part === undefined) return;
  throw new SettingError(
    setting,
    `${setting} takes a topic in the alarms' ${part}, which is ${alarms[part]}, but got one in ${topic[part]}.`,
  );
}

function uniqueName(construct: Construct): string {
  return Names.uniqueResourceName(construct, { maxLength: 200, separator: '-', allowedSpecialCharacters: '_-' });
}

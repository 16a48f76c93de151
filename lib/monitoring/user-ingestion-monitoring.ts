/** What watches a pipeline: alarms and who hears of them, a dashboard, and saved queries of the logs. */
import { Names, Stack } from 'aws-cdk-lib';
import type { AlarmBase, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { DefaultDashboardFactory, MonitoringFacade, notifySns } from 'cdk-monitoring-constructs';
import { Construct } from 'constructs';
import { difference, placeOfArn, placeOfEnvironment } from '../place.ts';
import { SettingError } from '../setting.ts';
import { checkSettings } from '../settings.ts';
import type { UserIngestion } from '../user-ingestion.ts';
import { alarmArn } from './alarm-arn.ts';
import { createAlarmTopic } from './alarm-topic.ts';
import { addAlarm } from './alarms/alarm-definition.ts';
import { alarmsOf } from './alarms/alarms.ts';
import { fillDashboard } from './dashboard.ts';
import { dashboardUrl } from './dashboard-url.ts';
import { saveQueries } from './saved-queries.ts';

/** What a `UserIngestionMonitoring` is made from. */
export interface UserIngestionMonitoringProps {
  /** The pipeline to watch. */
  readonly ingestion: UserIngestion;
  /**
   * What the dashboard and the folder of the saved queries are called, and what the alarms' names begin with: 1 to 200
   * letters, digits, hyphens and underscores, unlike any other in the account and region.
   * @default - a name from the construct's path
   */
  readonly name?: string;
  /**
   * An e-mail address that hears of the alarms, once it has confirmed that it wants to.
   * @default - nobody does, until something subscribes to `alarmTopic`
   */
  readonly alarmEmail?: string;
  /**
   * A topic of your own that hears of the alarms. Its policy, and that of its key, have to let CloudWatch publish.
   * @default - one is made that nothing else may publish to, encrypted with the pipeline's `encryptionKey` if it has one
   */
  readonly alarmTopic?: ITopic;
}

/**
 * Watches a pipeline.
 *
 * @example
 * new UserIngestionMonitoring(this, 'Monitoring', { ingestion, alarmEmail: 'on-call@example.com' });
 */
export class UserIngestionMonitoring extends Construct {
  /** Hears of every alarm, when it begins and when it is over. */
  readonly alarmTopic: ITopic;
  /** The alarms, the most urgent first. Each one's description says what to do. */
  readonly alarms: readonly AlarmBase[];
  /** Shows how the pipeline is doing. */
  readonly dashboard: Dashboard;
  private readonly name: string;

  /** @throws SettingError for a prop that is not as it is to be, or props that cannot work together */
  constructor(scope: Construct, id: string, props: UserIngestionMonitoringProps) {
    super(scope, id);
    refuse(props);
    refuseTopicElsewhere(this, props);
    const { ingestion, name = uniqueName(this) } = props;
    const definitions = alarmsOf(ingestion);
    const alarmArns = definitions.map((definition) => alarmArn(Stack.of(this), `${name}-${definition.name}`));
    this.alarmTopic =
      props.alarmTopic ?? createAlarmTopic(this, { ...props, alarmArns, encryptionKey: ingestion.encryptionKey });

    const dashboards = new DefaultDashboardFactory(this, 'Dashboards', { dashboardNamePrefix: name });
    const facade = createFacade(this, name, dashboards, this.alarmTopic);
    const factory = facade.createAlarmFactory(name);
    this.alarms = definitions.map((definition) => addAlarm(factory, definition).alarm);
    fillDashboard(facade, ingestion, alarmArns);
    this.dashboard = dashboards.dashboard!;
    this.name = name;
    saveQueries(this, name, ingestion.logGroup);
  }

  /** Where the dashboard is in the AWS console. */
  get dashboardUrl(): string {
    return dashboardUrl(this, this.name);
  }
}

/** What alarms and graphs are made with. */
function createFacade(scope: Construct, name: string, dashboardFactory: DefaultDashboardFactory, topic: ITopic) {
  return new MonitoringFacade(scope, 'Facade', {
    dashboardFactory,
    alarmFactoryDefaults: { alarmNamePrefix: name, actionsEnabled: true, action: notifySns(topic, topic) },
  });
}

/** Source: PutDashboard API reference; alarms and queries take more. */
const NAME = /^[\w-]{1,200}$/;

function refuse({ name, alarmEmail, alarmTopic }: UserIngestionMonitoringProps): void {
  checkSettings({ ...(alarmEmail !== undefined && { alarmEmail }) });
  if (name !== undefined && !NAME.test(name)) {
    throw new SettingError(
      'name',
      `name takes 1 to 200 letters, digits, hyphens and underscores, but got ${JSON.stringify(name)}.`,
    );
  }
  if (alarmEmail === undefined || alarmTopic === undefined) return;
  throw new SettingError('alarmEmail', 'alarmEmail and alarmTopic are both given: subscribe the address to the topic.');
}

/**
 * Source: what PutMetricAlarm answers, "Invalid region ca-central-1 specified. Only us-west-2 is supported." and "Invalid
 * partition aws specified. Only aws-us-gov is supported." (cds-snc/notification-terraform, pull request 128;
 * aws-samples/amazon-cloudwatch-auto-alarms, issue 61).
 */
function refuseTopicElsewhere(scope: Construct, { alarmTopic }: UserIngestionMonitoringProps): void {
  if (alarmTopic === undefined) return;
  const [topic, alarms] = [placeOfArn(alarmTopic.topicArn), placeOfEnvironment(Stack.of(scope))];
  const part = difference(topic, alarms, ['partition', 'region']);
  if (part === undefined) return;
  throw new SettingError(
    'alarmTopic',
    `alarmTopic takes a topic in the alarms' ${part}, which is ${alarms[part]}, but got one in ${topic[part]}.`,
  );
}

function uniqueName(construct: Construct): string {
  return Names.uniqueResourceName(construct, { maxLength: 200, separator: '-', allowedSpecialCharacters: '_-' });
}

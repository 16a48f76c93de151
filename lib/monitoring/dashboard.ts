/** What the dashboard shows, from top to bottom. */
import { Alarm, AlarmStatusWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { FullWidth, type MonitoringFacade } from 'cdk-monitoring-constructs';
import type { UserIngestion } from '../user-ingestion.ts';
import { deadLettersSection } from './sections/dead-letters.ts';
import { functionSection } from './sections/function.ts';
import { orderSection } from './sections/order.ts';
import { queueSection } from './sections/queue.ts';
import { quotaSection } from './sections/quota.ts';
import type { Section } from './sections/section.ts';
import { suspectsSection } from './sections/suspects.ts';
import { usersSection } from './sections/users.ts';

/** Undefined for a part that has nothing to show. */
const SECTIONS: readonly ((ingestion: UserIngestion) => Section | undefined)[] = [
  usersSection,
  suspectsSection,
  quotaSection,
  queueSection,
  deadLettersSection,
  functionSection,
  orderSection,
];

const GRAPH_HEIGHT = 6;

/** Fills the dashboard: how the alarms are, and then one section after the other. */
export function fillDashboard(facade: MonitoringFacade, ingestion: UserIngestion, alarmArns: readonly string[]): void {
  facade.addLargeHeader('Users on their way into the Users dataset');
  facade.addWidget(alarmStatus(facade, alarmArns));
  for (const sectionOf of SECTIONS) {
    const section = sectionOf(ingestion);
    if (section) addSection(facade, section);
  }
}

function alarmStatus(facade: MonitoringFacade, alarmArns: readonly string[]): AlarmStatusWidget {
  const alarms = alarmArns.map((arn, index) => Alarm.fromAlarmArn(facade, `AlarmStatus${index}`, arn));
  return new AlarmStatusWidget({ title: 'Alarms', alarms, width: FullWidth, height: 2 });
}

function addSection(facade: MonitoringFacade, { heading, description, graphs }: Section): void {
  facade.monitorCustom({
    humanReadableName: heading,
    // The library asks for a name for the alarms of a section, of which there are none here.
    alarmFriendlyName: heading.replaceAll(' ', ''),
    description,
    height: GRAPH_HEIGHT,
    metricGroups: graphs,
  });
}

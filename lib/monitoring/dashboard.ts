/** What the dashboard shows, from top to bottom. */
import { AlarmStatusWidget, type IAlarm, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { UserIngestion } from '../user-ingestion.ts';
import type { AlarmDefinition } from './alarms/alarm-definition.ts';
import { functionUrl, logGroupUrl, queriesUrl, queueUrl } from './console.ts';
import { alarmsSection } from './sections/alarms.ts';
import { deadLettersSection } from './sections/dead-letters.ts';
import { functionSection } from './sections/function.ts';
import { orderSection } from './sections/order.ts';
import { queueSection } from './sections/queue.ts';
import { quotaSection } from './sections/quota.ts';
import { FULL_WIDTH, type Section, textWidget, widgetsOf } from './sections/section.ts';
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

/** What is shown, and of what. */
export interface Shown {
  readonly ingestion: UserIngestion;
  readonly definitions: readonly AlarmDefinition[];
  readonly alarms: readonly IAlarm[];
}

/** Makes the widgets, each for the whole width: links, how the alarms are, and then one section after the other. */
export function dashboardWidgets(scope: Construct, { ingestion, definitions, alarms }: Shown): IWidget[] {
  const sections = SECTIONS.map((sectionOf) => sectionOf(ingestion)).filter((section) => section !== undefined);
  return [
    textWidget(`## Users on their way into the Users dataset\n\n${links(scope, ingestion)}`),
    ...(alarms.length > 0
      ? [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: FULL_WIDTH, height: 2 })]
      : []),
    ...sections.flatMap(widgetsOf),
    ...(definitions.length > 0 ? widgetsOf(alarmsSection(definitions)) : []),
  ];
}

function links(scope: Construct, ingestion: UserIngestion): string {
  const { queue, deadLetterQueue, function: fn, logGroup } = ingestion;
  return Object.entries({
    'Users queue': queueUrl(scope, queue),
    'Dead-letter queue': queueUrl(scope, deadLetterQueue),
    Function: functionUrl(scope, fn.functionName),
    Logs: logGroupUrl(scope, logGroup.logGroupName),
    'Saved queries': queriesUrl(scope),
  })
    .map(([text, url]) => `[${text}](${url})`)
    .join(' · ');
}

/** Alarms, dashboard, topic and queries as they are synthesized. When the alarms fire is in alarms.test.ts. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { OCCASIONAL_METRICS } from '../../../contract/deployment/metrics.ts';
import { dashboardUrl } from '../../../lib/monitoring/console.ts';
import { ingestionMetric } from '../../../lib/monitoring/ingestion-metrics.ts';
import { SAVED_QUERIES } from '../../../lib/monitoring/saved-queries.ts';
import {
  UserIngestionMonitoring,
  type UserIngestionMonitoringProps,
} from '../../../lib/monitoring/user-ingestion-monitoring.ts';
import type { PersonalizeUsersStackProps } from '../../../lib/personalize-users-stack.ts';
import { SettingError } from '../../../lib/setting.ts';
import { UserIngestion } from '../../../lib/user-ingestion.ts';
import { createTestApp, DATASET_ARN, resource, stackTemplate } from '../support.ts';
import { dashboardOf, type Widget } from './dashboard-of.ts';

const runbook = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');

interface GraphProperties {
  readonly title?: string;
  readonly metrics?: readonly (readonly unknown[])[];
  readonly annotations?: { readonly horizontal?: readonly { readonly value?: number }[] };
}

const template = stackTemplate();
const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);

describe('each alarm', () => {
  test('is there, and is called what the stack is', () => {
    expect(alarms.map(({ AlarmName }) => AlarmName)).toEqual([
      'PersonalizeUsers-NothingDelivered',
      'PersonalizeUsers-DeadLetters',
      'PersonalizeUsers-OldMessages',
      'PersonalizeUsers-MoreDeadLetters',
      'PersonalizeUsers-FunctionErrors',
      'PersonalizeUsers-Throttling',
    ]);
  });

  test.each(alarms.map((alarm) => [alarm.AlarmName, alarm]))(
    '%s says what to do first, and where to read on',
    (_, alarm) => {
      const [, section] =
        /^[A-Z][^.]+\..* First: [a-z`].+[^.]\. Then: docs\/operations\.md, "(.+)"\.$/s.exec(alarm.AlarmDescription) ??
        [];
      expect(runbook.split('\n')).toContain(`### ${section}`);
      // Source: PutMetricAlarm API reference.
      expect(alarm.AlarmDescription.length).toBeLessThanOrEqual(1_024);
    },
  );

  test('tells the topic when it begins and when it is over', () => {
    const topic = [{ Ref: resource(template, 'AWS::SNS::Topic').id }];
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({ ActionsEnabled: true, AlarmActions: topic, OKActions: topic });
    }
  });

  test('is quiet about what CloudWatch has not heard of', () => {
    for (const alarm of alarms) expect(alarm.TreatMissingData).toBe('notBreaching');
  });

  test.each([30, 149, 150, 151, 300, 899, 900])(
    'looks back no further than CloudWatch lets it, time-out %d s',
    (timeout) => {
      const patient = stackTemplate({
        timeoutInSeconds: timeout,
        batchSize: 1,
        requestsPerSecond: 1_000,
        maxReceiveCount: 28,
        backoffBaseInSeconds: 40_000,
        backoffMaxInSeconds: 40_000,
        visibilityTimeoutInSeconds: 43_200,
      });
      for (const { Properties } of Object.values(patient.findResources('AWS::CloudWatch::Alarm'))) {
        const [first] = Properties.Metrics?.filter(({ MetricStat }: { MetricStat?: unknown }) => MetricStat) ?? [];
        const period = Properties.Period ?? first.MetricStat.Period;
        expect(period % 60).toBe(0);
        expect(period).toBeLessThan(3_600);
        expect(period * Properties.EvaluationPeriods).toBeLessThanOrEqual(86_400);
      }
    },
  );
});

describe('the metrics', () => {
  const dimensions = {
    function_name: { Ref: resource(template, 'AWS::Lambda::Function').id },
    service: 'personalize-users',
  };

  test('have the namespace and the dimensions that the function is told to publish with', () => {
    const { Environment } = resource(template, 'AWS::Lambda::Function').Properties as {
      Environment: { Variables: Record<string, unknown> };
    };
    expect(Environment.Variables).toMatchObject({
      POWERTOOLS_METRICS_NAMESPACE: ingestionMetric('f', 'UsersDelivered').namespace,
      POWERTOOLS_SERVICE_NAME: ingestionMetric('f', 'UsersDelivered').dimensions?.service,
    });
  });

  test("are those of this deployment's function, in every alarm", () => {
    const ours = alarms
      .flatMap(({ Metrics = [] }) => Metrics)
      .flatMap(({ MetricStat }) => (MetricStat?.Metric.Namespace === 'PersonalizeUsers' ? [MetricStat.Metric] : []));
    expect(ours.map(({ MetricName }) => MetricName)).toEqual([
      'UsersDelivered',
      'UsersRejected',
      'OldestMessageAge',
      'PutUsersCalls',
      'UsersRejected',
      'InternalErrors',
      'ThrottledCalls',
      'PutUsersCalls',
    ]);
    for (const { Dimensions } of ours) {
      const pairs = Dimensions.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]);
      expect(Object.fromEntries(pairs)).toEqual(dimensions);
    }
  });

  test('of a UserIngestion are by the statistic that makes sense, unless told otherwise', () => {
    const ingestion = new UserIngestion(new Stack(createTestApp(), 'Theirs'), 'Users', { datasetArn: DATASET_ARN });
    expect(ingestion.metric('UsersDelivered').statistic).toBe('Sum');
    expect(ingestion.metric('UsersPerCall').statistic).toBe('Average');
    expect(ingestion.metric('OldestMessageAge', { statistic: 'p99' }).statistic).toBe('p99');
    expect(ingestion.metric('PutUsersCalls').dimensions).toEqual({
      service: 'personalize-users',
      function_name: ingestion.function.functionName,
    });
  });
});

describe('the dashboard', () => {
  const { widgets } = dashboardOf(template);

  test('shows what the pipeline is about', () => {
    expect(widgets.map(({ properties }) => properties.title ?? '').filter(Boolean)).toEqual([
      'Alarms',
      'Arrivals and deliveries, by the minute',
      'Users by what became of them',
      'Users per call',
      'Quota used (%)',
      'PutUsers calls',
      'Messages',
      'Age of the oldest message (s)',
      'Time to drain at the quota (min)',
      'Noisy sources, and messages of the others',
      'Dead letters in the queue',
      'New dead letters by ErrorCode',
      'Invocations',
      'Duration (ms)',
      'Concurrency',
      'NothingDelivered',
      'DeadLetters',
      'OldMessages',
      'MoreDeadLetters',
      'FunctionErrors',
      'Throttling',
    ]);
  });

  test.each([
    // CloudWatch counts the duration in milliseconds.
    ['Duration (ms)', [Number(resource(template, 'AWS::Lambda::Function').Properties.Timeout) * 1000]],
    ['Concurrency', [2]],
    ['Users per call', [10]],
    ['Quota used (%)', [100]],
    ['Messages', []],
  ])('draws the limit of %s at %j', (title, expected) => {
    const { annotations } = widgets.find(({ properties }) => properties.title === title)!.properties as GraphProperties;
    expect((annotations?.horizontal ?? []).map(({ value }) => value)).toEqual(expected);
  });

  test('tells sources apart on a standard queue, and on a FIFO queue, where groups are an order, does not', () => {
    const linesOf = (found: readonly Widget[]) => JSON.stringify(found.map(({ properties }) => properties.metrics));
    expect(linesOf(widgets)).toMatch(/noisy sources.*waiting in quiet ones/);
    expect(linesOf(widgets)).toContain('without noisy sources');
    const { widgets: ofFifo } = dashboardOf(stackTemplate({ fifo: true }));
    expect(linesOf(ofFifo)).not.toMatch(/noisy|quiet/);
    expect(ofFifo).toHaveLength(widgets.length - 1);
  });

  test('counts the quota and the time to drain with the settings', () => {
    const ofOthers = dashboardOf(stackTemplate({ requestsPerSecond: 4, usersPerMessage: 5 })).widgets;
    expect(expressionOf(ofOthers, 'Quota used (%)')).toMatch(/^100 \* (calls[\da-f]{8}) \/ PERIOD\(\1\) \/ 4$/);
    expect(expressionOf(ofOthers, 'Time to drain at the quota (min)')).toMatch(
      /^\(waiting[\da-f]{8} \+ hidden[\da-f]{8}\) \* 5 \/ 2400$/,
    );
  });

  test('draws what batches leave out as 0, as the alarms take it', () => {
    const graphs = widgets.flatMap(({ properties }) => (properties as GraphProperties).metrics ?? []);
    const occasional: string[] = [];
    for (const [, name, ...rest] of graphs) {
      if (!(OCCASIONAL_METRICS as readonly unknown[]).includes(name)) continue;
      const { id, visible } = rest.at(-1) as { readonly id: string; readonly visible?: boolean };
      expect({ name, visible }).toEqual({ name, visible: false });
      const expressions = graphs.map((graph) => (graph.at(-1) as { readonly expression?: string }).expression ?? '');
      const uses = expressions.flatMap(
        (expression) => expression.match(new RegExp(`.{0,5}\\b${id}\\b.{0,4}`, 'g')) ?? [],
      );
      expect(uses.length).toBeGreaterThan(0);
      for (const use of uses) expect(use).toContain(`FILL(${id}, 0)`);
      occasional.push(String(name));
    }
    expect(new Set(occasional)).toEqual(new Set(OCCASIONAL_METRICS));
  });

  test('finds dead letters of every reason, of this deployment only', () => {
    const { id } = resource(template, 'AWS::Lambda::Function');
    expect(expressionOf(widgets, 'New dead letters by ErrorCode')).toBe(
      `SEARCH('{"PersonalizeUsers","service","function_name","ErrorCode"} "service"="personalize-users" "function_name"="${id}" MetricName="DeadLetters"', 'Sum', 300)`,
    );
  });

  test.each(['certain', 'separate'] as const)('counts suspects by misfit where %s has some', (schemaCheck) => {
    const known = stackTemplate({ schemaFile: 'samples/users-schema.avsc', schemaCheck });
    const { id } = resource(known, 'AWS::Lambda::Function');
    for (const [title, metric] of [
      ['Taken by PutUsers, by misfit', 'SuspectsTaken'],
      ['Refused by PutUsers, by misfit', 'SuspectsRefused'],
    ] as const) {
      expect(expressionOf(dashboardOf(known).widgets, title)).toBe(
        `SEARCH('{"PersonalizeUsers","service","function_name","Misfit"} "service"="personalize-users" "function_name"="${id}" MetricName="${metric}"', 'Sum', 300)`,
      );
    }
    const heading = dashboardOf(known).widgets.find(({ properties }) => /may not fit/.test(properties.markdown ?? ''));
    expect(heading?.properties.markdown).toContain('Users that may not fit the schema');
    expect(runbook).toContain('"Users that may not fit the schema"');
  });

  test.each(['all', 'off'] as const)('has no graph of suspects where %s calls none', (schemaCheck) => {
    const { widgets: found } = dashboardOf(stackTemplate({ schemaFile: 'samples/users-schema.avsc', schemaCheck }));
    expect(found.map(({ properties }) => properties.title)).toEqual(widgets.map(({ properties }) => properties.title));
  });

  test.each<[string, Partial<PersonalizeUsersStackProps>]>([
    ['by default', {}],
    ['with FIFO queues', { fifo: true }],
    ['with suspects', { schemaFile: 'samples/users-schema.avsc', schemaCheck: 'separate' }],
    ['with the order guard', { orderGuard: true }],
  ])('%s leaves no heading, graph, line or limit for the reader to guess', (_, props) => {
    const { widgets: shown } = dashboardOf(stackTemplate(props));
    const graphs = shown.filter(({ type }) => type === 'metric');
    expect(graphs.length).toBeGreaterThan(10);
    for (const { properties } of graphs) {
      const { title, metrics = [], annotations } = properties as GraphProperties;
      expect(title).toMatch(/^\w/);
      for (const line of metrics.map((metric) => metric.at(-1) as { readonly visible?: boolean })) {
        // What is only reckoned with is not drawn.
        if (line.visible !== false) expect({ title, ...line }).toMatchObject({ label: expect.stringMatching(/\S/) });
      }
      for (const limit of annotations?.horizontal ?? []) {
        expect({ title, ...limit }).toMatchObject({ label: expect.stringMatching(/\S/), value: expect.any(Number) });
      }
    }
    const texts = shown.filter(({ type }) => type === 'text').map(({ properties }) => properties.markdown!);
    const [, ...sections] = texts;
    expect(sections.length).toBeGreaterThan(4);
    for (const text of sections) expect(text).toMatch(/^### \w.*\n\n[A-Z`].*\.$/s);
  });

  test('has no widgets on top of each other, and none that sticks out', () => {
    const cells = new Set<string>();
    for (const { x, y, width, height } of widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let row = y; row < y + height; row++) {
        for (let column = x; column < x + width; column++) {
          expect(cells.has(`${column},${row}`)).toBe(false);
          cells.add(`${column},${row}`);
        }
      }
    }
  });

  test.each([
    [
      'eu-west-1',
      'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/Users',
    ],
    [
      'cn-north-1',
      'https://cn-north-1.console.amazonaws.cn/cloudwatch/home?region=cn-north-1#dashboards/dashboard/Users',
    ],
    [
      'us-gov-west-1',
      'https://us-gov-west-1.console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#dashboards/dashboard/Users',
    ],
  ])('is found in %s', (region, url) => {
    expect(dashboardUrl(new Stack(createTestApp(), 'Theirs', { env: { region } }), 'Users')).toBe(url);
  });

  function expressionOf(found: readonly Widget[], title: string): unknown {
    const { metrics = [] } = found.find(({ properties }) => properties.title === title)!.properties;
    return (metrics[0]![0] as { expression: string }).expression;
  }
});

describe('the saved queries', () => {
  const saved = Object.values(template.findResources('AWS::Logs::QueryDefinition')).map(({ Properties }) => Properties);

  test('are in a folder of the stack, and read its log group', () => {
    expect(saved.map(({ Name }) => Name)).toEqual(SAVED_QUERIES.map(({ name }) => `PersonalizeUsers/${name}`));
    for (const { LogGroupNames } of saved) {
      expect(LogGroupNames).toEqual([{ Ref: resource(template, 'AWS::Logs::LogGroup').id }]);
    }
  });

  test.each(SAVED_QUERIES.map(({ name }) => name))('%s is asked for by the runbook', (name) => {
    expect(runbook).toContain(`"${name}"`);
  });
});

describe('the topic', () => {
  test('has no subscriber unless there is an address', () => {
    template.resourceCountIs('AWS::SNS::Subscription', 0);
    stackTemplate({ alarmEmail: 'on-call@example.com' }).hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'on-call@example.com',
      TopicArn: { Ref: resource(template, 'AWS::SNS::Topic').id },
    });
  });
});

describe('without monitoring', () => {
  test('there is nothing of it', () => {
    const bare = stackTemplate({ monitoring: false });
    for (const type of [
      'AWS::CloudWatch::Alarm',
      'AWS::CloudWatch::Dashboard',
      'AWS::Logs::QueryDefinition',
      'AWS::SNS::Topic',
    ]) {
      bare.resourceCountIs(type, 0);
    }
    expect(Object.keys(bare.findOutputs('*'))).not.toContain('AlarmTopicArn');
  });

  test('nobody can be told of alarms', () => {
    expect(() => stackTemplate({ monitoring: false, alarmEmail: 'on-call@example.com' })).toThrow(
      'alarmEmail is given and monitoring is false, which leaves no alarms to tell of: leave out one of them.',
    );
  });
});

describe('a UserIngestionMonitoring in an app of others', () => {
  function monitor(props: Partial<UserIngestionMonitoringProps> = {}): UserIngestionMonitoring {
    const stack = new Stack(createTestApp(), 'Theirs');
    const ingestion = new UserIngestion(stack, 'Users', { datasetArn: DATASET_ARN });
    return new UserIngestionMonitoring(stack, 'Watch', { ingestion, ...props });
  }

  test('is called after its path', () => {
    const monitoring = monitor();
    const theirs = Template.fromStack(Stack.of(monitoring));
    const { DashboardName } = resource(theirs, 'AWS::CloudWatch::Dashboard').Properties;
    expect(DashboardName).toMatch(/^Theirs-Watch-[\dA-F]{8}$/);
    theirs.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: `${DashboardName}-DeadLetters` });
    expect(monitoring.alarms).toHaveLength(6);
    expect(monitoring.dashboardUrl).toContain(`#dashboards/dashboard/${DashboardName}`);
  });

  test('can be there more than once', () => {
    const stack = new Stack(createTestApp(), 'Two');
    for (const id of ['One', 'Other']) {
      const ingestion = new UserIngestion(stack, id, { datasetArn: DATASET_ARN });
      new UserIngestionMonitoring(stack, `${id}Monitoring`, { ingestion });
    }
    const names = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
    expect(new Set(names.map(({ Properties }) => Properties.AlarmName)).size).toBe(12);
  });

  test('tells a topic that is there already, and makes none', () => {
    const stack = new Stack(createTestApp(), 'Theirs');
    const ingestion = new UserIngestion(stack, 'Users', { datasetArn: DATASET_ARN });
    const alarmTopic = Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:123456789012:ops');
    expect(new UserIngestionMonitoring(stack, 'Watch', { ingestion, alarmTopic }).alarmTopic).toBe(alarmTopic);
    const theirs = Template.fromStack(stack);
    theirs.resourceCountIs('AWS::SNS::Topic', 0);
    theirs.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [alarmTopic.topicArn] });
  });

  test.each<[string, Partial<UserIngestionMonitoringProps>, string]>([
    ['an address that is none', { alarmEmail: 'me' }, 'alarmEmail takes one e-mail address'],
    ['a name that CloudWatch does not take', { name: 'my users' }, 'name takes 1 to 200 letters, digits, hyphens'],
    ['a name that is too long', { name: 'a'.repeat(201) }, 'name takes 1 to 200 letters, digits, hyphens'],
    [
      'an address besides a topic',
      { alarmEmail: 'a@b.example', alarmTopic: Topic.fromTopicArn(new Stack(), 'T', 'arn:aws:sns:eu-west-1:1:t') },
      'alarmEmail and alarmTopic are both given: subscribe the address to the topic.',
    ],
  ])('refuses %s', (_, props, sentence) => {
    expect(() => monitor(props)).toThrow(SettingError);
    expect(() => monitor(props)).toThrow(sentence);
  });
});

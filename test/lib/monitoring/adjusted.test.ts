/** Monitoring as a team wants it: other thresholds, fewer alarms, two topics, a dashboard of their own. */
import { describe, expect, test } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Dashboard, GraphWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { UserIngestionAlarms } from '../../../lib/monitoring/alarms/alarm-settings.ts';
import {
  UserIngestionMonitoring,
  type UserIngestionMonitoringProps,
} from '../../../lib/monitoring/user-ingestion-monitoring.ts';
import { SettingError } from '../../../lib/setting.ts';
import { UserIngestion } from '../../../lib/user-ingestion.ts';
import { createTestApp, DATASET_ARN, resource, stackTemplate } from '../support.ts';
import { dashboardOf } from './dashboard-of.ts';
import { metricsOf } from './days.ts';
import { alarmsOfTemplate, firesAt } from './evaluate-alarm.ts';

const URGENT = ['NothingDelivered', 'DeadLetters', 'OldMessages'];
const CAN_WAIT = ['MoreDeadLetters', 'FunctionErrors', 'Throttling'];

function monitored(
  propsIn: (stack: Stack) => Partial<UserIngestionMonitoringProps> = () => ({}),
  encrypted = false,
): { readonly stack: Stack; readonly monitoring: UserIngestionMonitoring; readonly ingestion: UserIngestion } {
  const stack = new Stack(createTestApp(), 'Theirs', { env: { account: '123456789012', region: 'eu-west-1' } });
  const ingestion = new UserIngestion(stack, 'Users', {
    datasetArn: DATASET_ARN,
    ...(encrypted && { encryptionKey: new Key(stack, 'Key') }),
  });
  const monitoring = new UserIngestionMonitoring(stack, 'Watch', { ingestion, name: 'watch', ...propsIn(stack) });
  return { stack, monitoring, ingestion };
}

const templateWith = (alarms: UserIngestionAlarms) => Template.fromStack(monitored(() => ({ alarms })).stack);

describe('an alarm', () => {
  test('has the threshold and the patience that were asked for', () => {
    const template = templateWith({ throttling: { threshold: 20, patience: Duration.minutes(31) } });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'watch-Throttling',
      Threshold: 20,
      EvaluationPeriods: 7,
      DatapointsToAlarm: 7,
    });
  });

  test.each<[keyof UserIngestionAlarms]>([
    ['nothingDelivered'],
    ['deadLetters'],
    ['moreDeadLetters'],
    ['oldMessages'],
    ['functionErrors'],
    ['throttling'],
  ])('%s is left out, and from the topic and the dashboard too', (key) => {
    const text = JSON.stringify(templateWith({ [key]: false }).toJSON());
    const name = `${key[0]!.toUpperCase()}${key.slice(1)}`;
    expect(text).not.toContain(`watch-${name}`);
    expect(Object.keys(templateWith({ [key]: false }).findResources('AWS::CloudWatch::Alarm'))).toHaveLength(5);
  });

  test('of dead letters that a team expects daily is quiet below its threshold', () => {
    const [alarm] = [
      alarmsOfTemplate(templateWith({ deadLetters: { threshold: 50, patience: Duration.minutes(10) } })),
    ];
    const deadLetters = (minute: number) => (minute < 100 ? 0 : minute < 500 ? 40 : 60);
    expect(firesAt(alarm.get('DeadLetters')!, metricsOf({ sent: () => 60, deadLetters }))).toEqual([510]);
  });

  test('can be there for none of them', () => {
    const { stack, monitoring } = monitored(() => ({
      alarms: Object.fromEntries(
        [...URGENT, ...CAN_WAIT].map((name) => [name[0]!.toLowerCase() + name.slice(1), false]),
      ),
    }));
    expect(monitoring.alarms).toEqual([]);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    expect(JSON.stringify(resource(template, 'AWS::SNS::TopicPolicy'))).not.toContain('AlarmsPublish');
    const { widgets } = dashboardOf(template);
    expect(widgets.filter(({ type }) => type === 'alarm')).toEqual([]);
    expect(widgets.filter(({ properties }) => properties.markdown?.includes('alarm'))).toEqual([]);
  });

  test.each<[UserIngestionAlarms, string]>([
    [{ throttling: { threshold: Number.NaN } }, 'alarms.throttling.threshold takes a number, but got NaN.'],
    [
      { oldMessages: { patience: Duration.hours(25) } },
      'alarms.oldMessages.patience takes more than 0 s and at most a day, but got 90000 s.',
    ],
    [{ deadLetters: { patience: Duration.seconds(0) } }, 'alarms.deadLetters.patience takes more than 0 s'],
    [{ deadletter: false } as UserIngestionAlarms, 'alarms.deadletter is no alarm; did you mean deadLetters?'],
    [
      { latency: false } as UserIngestionAlarms,
      'alarms.latency is no alarm; there are nothingDelivered, deadLetters, oldMessages, moreDeadLetters, functionErrors, throttling.',
    ],
    [
      { throttling: { severity: 'high' } } as unknown as UserIngestionAlarms,
      'alarms.throttling.severity takes urgent or canWait, but got "high".',
    ],
  ])('is refused with what CloudWatch does not take: %j', (alarms, sentence) => {
    expect(() => monitored(() => ({ alarms }))).toThrow(SettingError);
    expect(() => monitored(() => ({ alarms }))).toThrow(sentence);
  });
});

describe('who hears of what', () => {
  const heardBy = (template: Template) =>
    Object.groupBy(Object.values(template.findResources('AWS::CloudWatch::Alarm')), ({ Properties }) =>
      JSON.stringify(Properties.AlarmActions),
    );
  const names = (alarms: readonly Readonly<Record<string, { readonly AlarmName: string }>>[] | undefined) =>
    alarms?.map(({ Properties }) => Properties!.AlarmName.split('-').at(-1));

  test('is one topic for all, if nothing is said', () => {
    const { stack, monitoring } = monitored();
    expect(monitoring.noticeTopic).toBe(monitoring.alarmTopic);
    expect(Object.values(heardBy(Template.fromStack(stack))).map(names)).toEqual([
      [...URGENT, ...CAN_WAIT].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)),
    ]);
  });
  const ORDER = ['NothingDelivered', 'DeadLetters', 'OldMessages', 'MoreDeadLetters', 'FunctionErrors', 'Throttling'];

  test('is a topic for what wakes somebody and one for what can wait', () => {
    const { stack, monitoring } = monitored(() => ({ alarmEmail: 'on-call@a.example', noticeEmail: 'team@a.example' }));
    const template = Template.fromStack(stack);
    const heard = heardBy(template);
    const refOf = ({ topicArn }: { topicArn: string }) => JSON.stringify([stack.resolve(topicArn)]);
    expect(names(heard[refOf(monitoring.alarmTopic)])).toEqual(URGENT);
    expect(names(heard[refOf(monitoring.noticeTopic)])).toEqual(CAN_WAIT);
    for (const [topic, address, alarms] of [
      [monitoring.alarmTopic, 'on-call@a.example', URGENT],
      [monitoring.noticeTopic, 'team@a.example', CAN_WAIT],
    ] as const) {
      template.hasResourceProperties('AWS::SNS::Subscription', {
        TopicArn: stack.resolve(topic.topicArn),
        Endpoint: address,
      });
      const policy = Object.values(template.findResources('AWS::SNS::TopicPolicy')).find(
        ({ Properties }) => JSON.stringify(Properties.Topics) === refOf(topic),
      );
      const publishers = policy!.Properties.PolicyDocument.Statement.at(-1).Condition.ArnEquals['aws:SourceArn'];
      expect(publishers.map((arn: unknown) => JSON.stringify(arn).match(/watch-(\w+)/)![1])).toEqual(alarms);
    }
  });

  test('is encrypted for both topics', () => {
    const { stack } = monitored(() => ({ noticeEmail: 'team@a.example' }), true);
    const template = Template.fromStack(stack);
    const statements = resource(template, 'AWS::KMS::Key').Properties.KeyPolicy as { Statement: { Sid?: string }[] };
    const sids = statements.Statement.flatMap(({ Sid }) => (Sid?.startsWith('EncryptAlarms') ? [Sid] : []));
    expect(new Set(sids).size).toBe(2);
    for (const { Properties } of Object.values(template.findResources('AWS::SNS::Topic'))) {
      expect(Properties.KmsMasterKeyId).toBeDefined();
    }
  });

  test('is decided for each alarm', () => {
    const { stack, monitoring } = monitored((scope) => ({
      noticeTopic: new Topic(scope, 'Team'),
      alarms: { deadLetters: { severity: 'canWait' }, throttling: { severity: 'urgent' } },
    }));
    const { topicArn } = monitoring.noticeTopic;
    const heard = heardBy(Template.fromStack(stack))[JSON.stringify([stack.resolve(topicArn)])];
    expect(names(heard)).toEqual(['DeadLetters', 'MoreDeadLetters', 'FunctionErrors']);
  });

  test.each<[string, (stack: Stack) => Partial<UserIngestionMonitoringProps>, string]>([
    ['no address', () => ({ noticeEmail: 'me' }), 'noticeEmail takes one e-mail address'],
    [
      'both an address and a topic',
      (stack) => ({ noticeEmail: 'a@b.example', noticeTopic: new Topic(stack, 'T') }),
      'noticeEmail and noticeTopic are both given: subscribe the address to the topic.',
    ],
    [
      'a topic elsewhere',
      (stack) => ({ noticeTopic: Topic.fromTopicArn(stack, 'T', 'arn:aws:sns:us-east-1:123456789012:ops') }),
      "noticeTopic takes a topic in the alarms' region, which is eu-west-1, but got one in us-east-1.",
    ],
    [
      'an alarm topic elsewhere',
      (stack) => ({ alarmTopic: Topic.fromTopicArn(stack, 'T', 'arn:aws:sns:us-east-1:123456789012:ops') }),
      "alarmTopic takes a topic in the alarms' region, which is eu-west-1, but got one in us-east-1.",
    ],
    [
      'a topic in another partition',
      (stack) => ({ alarmTopic: Topic.fromTopicArn(stack, 'T', 'arn:aws-cn:sns:cn-north-1:123456789012:ops') }),
      "alarmTopic takes a topic in the alarms' partition, which is aws, but got one in aws-cn.",
    ],
  ])('is refused for %s', (_, propsIn, sentence) => {
    expect(() => monitored(propsIn)).toThrow(sentence);
  });

  test('may be somebody with a topic in another account', () => {
    const { monitoring } = monitored((stack) => ({
      alarmTopic: Topic.fromTopicArn(stack, 'T', 'arn:aws:sns:eu-west-1:210987654321:ops'),
    }));
    expect(monitoring.alarmTopic.topicArn).toBe('arn:aws:sns:eu-west-1:210987654321:ops');
  });

  test.each<[string, (stack: Stack) => Partial<UserIngestionMonitoringProps>, string]>([
    [
      'a topic elsewhere',
      (stack) => ({ alarmTopic: Topic.fromTopicArn(stack, 'T', 'arn:aws:sns:us-east-1:123456789012:ops') }),
      'alarmTopic',
    ],
    ['an address that is none', () => ({ alarmEmail: 'me' }), 'alarmEmail'],
    ['an address for notices that is none', () => ({ noticeEmail: 'me' }), 'noticeEmail'],
    [
      'an address and a topic for notices',
      (stack) => ({ noticeEmail: 'a@b.example', noticeTopic: new Topic(stack, 'T') }),
      'noticeEmail',
    ],
    ['a name with a blank', () => ({ name: 'a b' }), 'name'],
    ['an alarm that there is not', () => ({ alarms: { latency: false } as UserIngestionAlarms }), 'alarms'],
  ])('is refused for %s with the setting that is to be changed', (_, propsIn, setting) => {
    expect(() => monitored(propsIn)).toThrow(expect.objectContaining({ name: 'SettingError', setting }));
  });

  test('are an address for what wakes somebody, and a topic of their own for what can wait', () => {
    const { stack, monitoring } = monitored((scope) => ({
      alarmEmail: 'on-call@a.example',
      noticeTopic: new Topic(scope, 'Team'),
    }));
    const template = Template.fromStack(stack);
    const heard = heardBy(template);
    expect(names(heard[JSON.stringify([stack.resolve(monitoring.alarmTopic.topicArn)])])).toEqual(URGENT);
    template.resourceCountIs('AWS::SNS::Topic', 2);
    template.resourceCountIs('AWS::SNS::Subscription', 1);
  });

  test('is nobody, of no alarms, and then no key is to be used for any', () => {
    const none = Object.fromEntries(
      [...URGENT, ...CAN_WAIT].map((name) => [`${name[0]!.toLowerCase()}${name.slice(1)}`, false]),
    );
    const { stack } = monitored(() => ({ alarms: none }), true);
    expect(JSON.stringify(resource(Template.fromStack(stack), 'AWS::KMS::Key'))).not.toContain('EncryptAlarms');
    const { stack: withAlarms } = monitored(() => ({}), true);
    expect(JSON.stringify(resource(Template.fromStack(withAlarms), 'AWS::KMS::Key'))).toContain('EncryptAlarms');
  });

  test('is a setting of the stack, with an output', () => {
    const template = stackTemplate({ alarmEmail: 'a@b.example', noticeEmail: 'c@b.example' });
    expect(template.findOutputs('NoticeTopicArn')).toHaveProperty('NoticeTopicArn');
    expect(stackTemplate({ alarmEmail: 'a@b.example' }).findOutputs('NoticeTopicArn')).toEqual({});
    stackTemplate({ alarms: { throttling: false } }).resourceCountIs('AWS::CloudWatch::Alarm', 5);
    expect(() => stackTemplate({ monitoring: false, alarms: {} })).toThrow('alarms is given and monitoring is false');
  });
});

describe('a dashboard of their own', () => {
  test('takes the widgets, beside the one that is made', () => {
    const { stack, monitoring } = monitored();
    const own = new Dashboard(stack, 'Own', { dashboardName: 'own' });
    own.addWidgets(new GraphWidget({ title: 'Theirs', height: 3 }));
    for (const widget of monitoring.widgets()) own.addWidgets(widget);
    const bodies = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard')).map(
      ({ Properties }) => JSON.stringify(Properties.DashboardBody),
    );
    expect(bodies).toHaveLength(2);
    for (const body of bodies) {
      for (const title of ['Alarms', 'Arrivals and deliveries', 'OldMessages']) expect(body).toContain(title);
    }
    // Their first widget moves ours down on theirs only.
    expect(bodies.map((body) => /text[^}]*?"y\\*":(\d+)/.exec(body.replaceAll('\\', ''))?.[1])).toEqual(['0', '3']);
  });

  test('is the only one, if they want none', () => {
    const { stack, monitoring } = monitored(() => ({ hasDashboard: false }));
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    expect(monitoring.dashboard).toBeUndefined();
    expect(monitoring.dashboardUrl).toBeUndefined();
    expect(monitoring.widgets().length).toBeGreaterThan(5);
  });

  test('has links to the queues, the function and the logs', () => {
    const { stack } = monitored();
    const body = JSON.stringify(resource(Template.fromStack(stack), 'AWS::CloudWatch::Dashboard').Properties);
    for (const link of ['#/queues/https%3A%2F%2Fsqs.eu-west-1.', '#/functions/', '#logsV2:log-groups/log-group/']) {
      expect(body).toContain(`https://eu-west-1.console.aws.amazon.com/`);
      expect(body).toContain(link);
    }
  });

  test('shows the metrics of two pipelines in one graph', () => {
    const { stack, ingestion } = monitored();
    const other = new UserIngestion(stack, 'Others', { datasetArn: DATASET_ARN.replace('my-group', 'others') });
    const dashboard = new Dashboard(stack, 'Own');
    const both = [ingestion, other];
    dashboard.addWidgets(
      new GraphWidget({ left: both.map((each) => each.metricQuotaUsed()) }),
      new GraphWidget({ left: both.map((each) => each.metricTimeToDrain({ period: Duration.hours(1) })) }),
    );
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

test('a name is taken once in a stack', () => {
  const { stack, ingestion } = monitored();
  expect(() => new UserIngestionMonitoring(stack, 'Again', { ingestion, name: 'watch' })).toThrow(
    expect.objectContaining({
      name: 'SettingError',
      setting: 'name',
      message: 'name takes one that no other monitoring of the stack has, but got "watch" again.',
    }),
  );
});

test('a name is free in another stack, and one of its own is free in the same', () => {
  const { stack, ingestion } = monitored();
  monitored();
  expect(new UserIngestionMonitoring(stack, 'Again', { ingestion, name: 'watch-2' }).name).toBe('watch-2');
});

test.each([
  ['one letter', 'w'],
  ['letters, digits, hyphens and underscores', 'Users_of-2'],
  ['200 of them', 'a'.repeat(200)],
])('a name may have %s', (_, name) => {
  expect(monitored(() => ({ name })).monitoring.name).toBe(name);
});

test.each([
  ['no characters', ''],
  ['a blank in it', 'my users'],
  ['a blank before it', ' users'],
  ['a blank behind it', 'users '],
  ['other letters', 'käufer'],
  ['a slash', 'a/b'],
  ['201 characters', 'a'.repeat(201)],
])('a name may not have %s', (_, name) => {
  expect(() => monitored(() => ({ name }))).toThrow(
    `name takes 1 to 200 letters, digits, hyphens and underscores, but got ${JSON.stringify(name)}.`,
  );
});

test('a name that is made from the path has the hyphens and underscores of the path', () => {
  const { stack, ingestion } = monitored();
  expect(new UserIngestionMonitoring(stack, 'our_live-users', { ingestion }).name).toMatch(
    /^Theirs-our_live-users-[\dA-F]{8}$/,
  );
});

test('there is a method for each metric, of this deployment only', () => {
  const { ingestion } = monitored();
  const methods = [
    'UsersDelivered',
    'UsersSuperseded',
    'UsersRejected',
    'UsersRetried',
    'PutUsersCalls',
    'ThrottledCalls',
    'UsersPerCall',
    'InternalErrors',
    'OldestMessageAge',
  ] as const;
  for (const name of methods) {
    expect(ingestion[`metric${name}`]()).toEqual(ingestion.metric(name));
    expect(ingestion[`metric${name}`]({ period: Duration.hours(1) }).period.toHours()).toBe(1);
  }
  expect(ingestion.metricDeadLettersByReason('InvalidInputException').dimensions).toMatchObject({
    ErrorCode: 'InvalidInputException',
    function_name: ingestion.function.functionName,
  });
  expect(ingestion.metricDeadLetters().dimensions).toEqual({ QueueName: ingestion.deadLetterQueue.queueName });
  expect(ingestion.metricMessagesSent().metricName).toBe('NumberOfMessagesSent');
});

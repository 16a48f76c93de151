/** Links into the AWS console, where the region is known and where it is not. */
import { describe, expect, test } from '@jest/globals';
import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { dashboardUrl, functionUrl, logGroupUrl, queriesUrl, queueUrl } from '../../../lib/monitoring/console.ts';
import { createTestApp, stackTemplate } from '../support.ts';
import { dashboardOf } from './dashboard-of.ts';

const stackIn = (region?: string) =>
  new Stack(createTestApp(), 'Theirs', region === undefined ? {} : { env: { account: '123456789012', region } });

describe('the link to', () => {
  const stack = stackIn('eu-west-1');
  const home = (service: string) => `https://eu-west-1.console.aws.amazon.com/${service}/home?region=eu-west-1#`;

  test('a function is its page', () => {
    expect(functionUrl(stack, 'f')).toBe(`${home('lambda')}/functions/f`);
  });

  test('a log group is its page', () => {
    expect(logGroupUrl(stack, 'logs')).toBe(`${home('cloudwatch')}logsV2:log-groups/log-group/logs`);
  });

  test('the saved queries is where they are run', () => {
    expect(queriesUrl(stack)).toBe(`${home('cloudwatch')}logsV2:logs-insights`);
  });

  test("a queue is its page, by the queue's URL, encoded", () => {
    const queue = Queue.fromQueueArn(stack, 'Queue', 'arn:aws:sqs:eu-west-1:210987654321:users');
    const [, path, region, suffix, account, name] =
      /^(.+)https%3A%2F%2Fsqs\.([^.]+)\.(.+)%2F(\d+)%2F(.+)$/.exec(queueUrl(stack, queue)) ?? [];
    expect(path).toBe(`${home('sqs/v3')}/queues/`);
    expect([region, stack.resolve(suffix), account, name]).toEqual([
      'eu-west-1',
      { Ref: 'AWS::URLSuffix' },
      '210987654321',
      'users',
    ]);
  });
});

describe('the console', () => {
  test('is the usual one where nothing else is known of the partition', () => {
    for (const region of ['us-iso-east-1', 'xx-nowhere-1']) {
      expect(dashboardUrl(stackIn(region), 'Users')).toMatch(`https://${region}.console.aws.amazon.com/cloudwatch/`);
    }
  });

  test('is looked up when the stack is deployed, if the region is not known before, in one table for all links', () => {
    const stack = stackIn();
    const links = [functionUrl(stack, 'f'), queueUrl(stack, new Queue(stack, 'Queue'))].map((value, index) => {
      new CfnOutput(stack, `Link${index}`, { value });
      return stack.resolve(value);
    });
    const domain = { 'Fn::FindInMap': ['Consoles', { Ref: 'AWS::Partition' }, 'domain'] };
    for (const link of links) {
      expect(link['Fn::Join'][1].slice(0, 4)).toEqual(['https://', { Ref: 'AWS::Region' }, '.', domain]);
    }
    expect(Template.fromStack(stack).findMappings('*')).toEqual({
      Consoles: {
        aws: { domain: 'console.aws.amazon.com' },
        'aws-cn': { domain: 'console.amazonaws.cn' },
        'aws-us-gov': { domain: 'console.amazonaws-us-gov.com' },
      },
    });
  });
});

test('the dashboard begins with a link to each thing that is looked at in the console', () => {
  const [heading, , links] = dashboardOf(stackTemplate()).widgets[0]!.properties.markdown!.split('\n');
  expect(heading).toMatch(/^## \w/);
  expect(
    links!.split(' · ').map((link) => /^\[(.+)\]\(https:\/\/[^)]+#([^:/]+|\/\w+)[^)]*\)$/.exec(link)?.slice(1)),
  ).toEqual([
    ['Users queue', '/queues'],
    ['Dead-letter queue', '/queues'],
    ['Function', '/functions'],
    ['Logs', 'logsV2'],
    ['Saved queries', 'logsV2'],
  ]);
});

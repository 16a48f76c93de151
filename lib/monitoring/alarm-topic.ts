/** The topic that tells of the alarms: who may publish to it, and who is told. */
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { allowAlarms } from '../encryption-key.ts';

/** What the topic is made from. */
export interface AlarmTopicOptions {
  /** The alarms that may publish, and nothing else. */
  readonly alarmArns: readonly string[];
  /** Who is told, by e-mail. */
  readonly alarmEmail?: string | undefined;
  /**
   * What messages are encrypted with on top of SNS's own disk encryption. It takes a key of the customer's: CloudWatch
   * may not use the key that AWS manages for SNS. Source: AWS re:Post knowledge centre, encrypted topics and alarms.
   */
  readonly encryptionKey?: IKey | undefined;
}

/** Makes a topic that only the alarms may publish to, by TLS. */
export function createAlarmTopic(scope: Construct, id: string, options: AlarmTopicOptions): Topic {
  const { alarmArns, alarmEmail, encryptionKey } = options;
  const topic = new Topic(scope, id, { enforceSSL: true, masterKey: encryptionKey });
  const { account } = Stack.of(scope);
  if (alarmArns.length > 0) topic.addToResourcePolicy(publishing(topic, alarmArns, account));
  if (encryptionKey && alarmArns.length > 0) allowAlarms(encryptionKey, topic, alarmArns);
  if (alarmEmail) topic.addSubscription(new EmailSubscription(alarmEmail));
  return topic;
}

function publishing(topic: Topic, alarmArns: readonly string[], account: string): PolicyStatement {
  return new PolicyStatement({
    sid: 'AlarmsPublish',
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: ['sns:Publish'],
    resources: [topic.topicArn],
    conditions: { StringEquals: { 'aws:SourceAccount': account }, ArnEquals: { 'aws:SourceArn': alarmArns } },
  });
}

/** Looks a stack in AWS over: each thing is read by itself, and judged by its check. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { PersonalizeClient } from '@aws-sdk/client-personalize';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SNSClient } from '@aws-sdk/client-sns';
import { isUsersDatasetArn, placeOf as placeOfDataset } from '../../contract/dataset/dataset-arn.ts';
import type { TargetSettings } from '../../contract/deployment/settings-output.ts';
import { reached } from '../aws/reached.ts';
import { readServerClock } from '../aws/server-clock.ts';
import { fetchSchema } from '../dataset-schema.ts';
import { clientSettings } from '../stack-target.ts';
import type { AwsTarget } from '../target.ts';
import { ALARMS, checkAlarms, checkTopics, TOPIC } from './checks/alarms.ts';
import { checkClock } from './checks/clock.ts';
import { checkDataset, checkSchema, DATASET, type DeployedSchema, SCHEMA } from './checks/dataset.ts';
import { checkKey, ENCRYPTION } from './checks/encryption.ts';
import { CONCURRENCY, checkConcurrency, checkFunction, FUNCTION } from './checks/function.ts';
import { checkMapping, MAPPING } from './checks/mapping.ts';
import { checkOrderTable, ORDER_TABLE } from './checks/order-table.ts';
import { checkDeadLetterQueue, checkUsersQueue, DEAD_LETTER_QUEUE, USERS_QUEUE } from './checks/queues.ts';
import { checkQuota, QUOTA } from './checks/quota.ts';
import { checkStack, STACK } from './checks/stack.ts';
import { type Finding, failed, findingOf, warning } from './finding.ts';
import * as read from './read-resources.ts';
import { readDeployedTemplate, readStackStatus } from './read-stack.ts';
import { judged, type Reading, readingOf } from './reading.ts';
import { type DeployedTemplate, deployedValue, resourcesOf } from './template.ts';

/** Looks. Throws what is a defect, or an interruption. */
export async function examineStack(target: AwsTarget): Promise<readonly Finding[]> {
  const settings = clientSettings(target.place);
  const clients: { destroy(): void }[] = [];
  const made = <Client extends { destroy(): void }>(client: Client): Client => {
    clients.push(client);
    return reached(client);
  };
  try {
    const cloudFormation = made(new CloudFormationClient(settings));
    const now = readServerClock(cloudFormation);
    const [status, template] = await Promise.all([
      readingOf(readStackStatus(cloudFormation, target.name)),
      readingOf(readDeployedTemplate(cloudFormation, target.name)),
    ]);
    const aheadInSeconds = (Date.now() - now()) / 1000;
    const deployed = template.kind === 'read' ? template.value : undefined;
    const findings = await Promise.all([
      judged(STACK, status, failed('It is gone.', 'Deploy it.'), (value) =>
        checkStack(target.name, value, deployed !== undefined),
      ),
      ...lambdaFindings(made(new LambdaClient(settings)), target, deployed),
      ...queueFindings(target, deployed),
      keyFinding(made(new KMSClient(settings)), target, deployed),
      ...datasetFindings(made(new PersonalizeClient(placed(settings, target))), target),
      tableFinding(made(new DynamoDBClient(settings)), target.settings),
      alarmsFinding(made(new CloudWatchClient(settings)), target, deployed),
      topicsFinding(made(new SNSClient(settings)), target, deployed),
      quotaFinding(made(new ServiceQuotasClient(placed(settings, target))), target),
      checkClock(aheadInSeconds),
    ]);
    return findings.filter((finding) => finding !== undefined);
  } finally {
    for (const client of clients) client.destroy();
  }
}

/** Only its own region knows of a dataset. */
function placed<Settings extends object>(settings: Settings, { outputs }: AwsTarget): Settings {
  const { DatasetArn } = outputs;
  return DatasetArn && isUsersDatasetArn(DatasetArn)
    ? { ...settings, region: placeOfDataset(DatasetArn).region }
    : settings;
}

function lambdaFindings(client: LambdaClient, target: AwsTarget, template: DeployedTemplate | undefined) {
  const { queueArn, outputs } = target;
  const name = outputs.FunctionName ?? '';
  const gone = failed('The function is gone.', 'Deploy the stack again.');
  const mappings = readingOf(read.mappingsOf(client, name));
  const wanted = mappings.then((reading) =>
    reading.kind === 'read' ? reading.value.find((each) => each.queueArn === queueArn)?.maxConcurrency : undefined,
  );
  return [
    mappings.then((reading) => judged(MAPPING, reading, gone, (value) => checkMapping(value, queueArn, template))),
    readingOf(read.functionState(client, name)).then((reading) =>
      judged(FUNCTION, reading, gone, (value) => checkFunction(value, template)),
    ),
    readingOf(read.concurrencyOf(client, name)).then(async (reading) => {
      const asked = await wanted;
      return judged(CONCURRENCY, reading, gone, (value) => checkConcurrency({ ...value, wanted: asked }));
    }),
  ];
}

function queueFindings(target: AwsTarget, template: DeployedTemplate | undefined) {
  const { sqs, queueUrl, deadLetterQueueUrl, deadLetterQueueArn, settings } = target;
  const gone = failed('It is gone.', 'Deploy the stack again; what was in it is lost.');
  return [
    readingOf(read.queueAttributes(sqs, queueUrl)).then((reading) =>
      judged(USERS_QUEUE, reading, gone, (value) =>
        checkUsersQueue(value, { ...settings, url: queueUrl, deadLetterQueueArn, template }),
      ),
    ),
    readingOf(read.queueAttributes(sqs, deadLetterQueueUrl)).then((reading) =>
      judged(DEAD_LETTER_QUEUE, reading, gone, (value) =>
        checkDeadLetterQueue(value, { url: deadLetterQueueUrl, template }),
      ),
    ),
  ];
}

async function keyFinding(client: KMSClient, { outputs, queueArn }: AwsTarget, template: DeployedTemplate | undefined) {
  const arn = outputs.EncryptionKeyArn;
  if (arn === undefined) return undefined;
  const tellsAlarms = template ? topicsIn(template).length > 0 : outputs.AlarmTopicArn !== undefined;
  const state = await readingOf(read.keyState(client, arn));
  const policy = await readingOf(read.keyPolicy(client, arn));
  const gone = failed('The key is gone: what is in the queues cannot be read.', 'Restore it, if it can be.');
  const finding = judged(ENCRYPTION, state, gone, (value) =>
    checkKey({ arn, state: value, policy: textOf(policy) }, accountOf(queueArn), tellsAlarms),
  );
  if (finding.verdict !== 'ok') return finding;
  return policy.kind === 'read' ? finding : judged(ENCRYPTION, policy, gone, () => finding);
}

function textOf(reading: Reading<string>): string | undefined {
  return reading.kind === 'read' ? reading.value : undefined;
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

function datasetFindings(client: PersonalizeClient, { outputs, region, settings }: AwsTarget) {
  const arn = outputs.DatasetArn;
  if (arn === undefined || !isUsersDatasetArn(arn)) {
    const todo = 'Is it a stack of your own? Give it the output DatasetArn.';
    return [findingOf(DATASET, [warning('The stack does not say which dataset it is for.', todo)], '')];
  }
  const gone = failed(`There is no dataset ${arn}.`, 'Make it again, or deploy with the right datasetArn.');
  return [
    readingOf(read.datasetState(client, arn)).then((reading) =>
      judged(DATASET, reading, gone, (value) =>
        checkDataset({ arn, region: placeOfDataset(arn).region, ...value }, region),
      ),
    ),
    readingOf(fetchSchema(client, arn)).then((reading) =>
      judged(SCHEMA, reading, gone, (value) => checkSchema(value, deployedSchema(settings))),
    ),
  ];
}

function deployedSchema({ schemaCheck, datasetSchema }: TargetSettings): DeployedSchema {
  if (datasetSchema) return { kind: 'known', schema: datasetSchema };
  return { kind: schemaCheck === undefined ? 'none' : 'unsaid' };
}

async function tableFinding(client: DynamoDBClient, { orderTable }: TargetSettings) {
  if (orderTable === undefined) return undefined;
  const gone = failed(
    `The table ${orderTable} is gone: nothing is delivered.`,
    'Restore it, or deploy without orderGuard.',
  );
  return judged(ORDER_TABLE, await readingOf(read.tableState(client, orderTable)), gone, checkOrderTable);
}

/** Source: CloudFormation user guide, `Ref` of an alarm and of a topic. */
function alarmsIn(template: DeployedTemplate): readonly string[] {
  return ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
    resourcesOf(template, type).flatMap(
      ({ physicalId, properties }) => physicalId ?? deployedValue(properties.AlarmName, template) ?? [],
    ),
  );
}

function topicsIn(template: DeployedTemplate): readonly string[] {
  return resourcesOf(template, 'AWS::SNS::Topic').flatMap(({ physicalId }) => physicalId ?? []);
}

async function alarmsFinding(client: CloudWatchClient, { name }: AwsTarget, template: DeployedTemplate | undefined) {
  const expected = template ? alarmsIn(template) : [];
  if (template && expected.length === 0) return checkAlarms([], []);
  const reading = await readingOf(read.alarmStates(client, template ? expected : `${name}-`));
  return judged(ALARMS, reading, failed('They are gone.', 'Deploy the stack again.'), (value) =>
    checkAlarms(value, expected),
  );
}

async function topicsFinding(client: SNSClient, { outputs }: AwsTarget, template: DeployedTemplate | undefined) {
  const topics = template ? topicsIn(template) : [outputs.AlarmTopicArn].filter((arn) => arn !== undefined);
  if (topics.length === 0) return undefined;
  const reading = await readingOf(Promise.all(topics.map((arn) => read.topicState(client, arn))));
  return judged(
    TOPIC,
    reading,
    failed('The topic is gone: nobody hears of alarms.', 'Deploy the stack again.'),
    checkTopics,
  );
}

async function quotaFinding(client: ServiceQuotasClient, { settings }: AwsTarget) {
  const reading = await readingOf(read.quotas(client));
  // Where Service Quotas does not know Personalize, AWS's pages say it.
  const known: typeof reading = reading.kind === 'absent' ? { kind: 'read', value: [] } : reading;
  return judged(QUOTA, known, warning('', ''), (value) => checkQuota(value, settings.requestsPerSecond));
}

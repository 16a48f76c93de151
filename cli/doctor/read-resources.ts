/** What AWS says of the resources of a stack, each as its check takes it. They throw what the clients throw. */
import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DescribeTimeToLiveCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, GetKeyPolicyCommand, type KMSClient } from '@aws-sdk/client-kms';
import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { DescribeDatasetCommand, type PersonalizeClient } from '@aws-sdk/client-personalize';
import { paginateListServiceQuotas, type ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { paginateListSubscriptionsByTopic, type SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { AlarmState, TopicState } from './checks/alarms.ts';
import type { DatasetState } from './checks/dataset.ts';
import type { Concurrency, FunctionState } from './checks/function.ts';
import type { MappingState } from './checks/mapping.ts';
import type { TableState } from './checks/order-table.ts';
import type { QueueAttributes } from './checks/queues.ts';
import type { ServiceQuota } from './checks/quota.ts';
import { readingOf } from './reading.ts';

export async function mappingsOf(client: LambdaClient, FunctionName: string): Promise<readonly MappingState[]> {
  const found: MappingState[] = [];
  for await (const page of paginateListEventSourceMappings({ client }, { FunctionName })) {
    for (const mapping of page.EventSourceMappings ?? []) {
      found.push({
        uuid: mapping.UUID ?? '',
        state: mapping.State ?? 'in an unknown state',
        queueArn: mapping.EventSourceArn,
        batchSize: mapping.BatchSize,
        windowInSeconds: mapping.MaximumBatchingWindowInSeconds,
        maxConcurrency: mapping.ScalingConfig?.MaximumConcurrency,
        responseTypes: mapping.FunctionResponseTypes ?? [],
        lastResult: mapping.LastProcessingResult,
      });
    }
  }
  return found;
}

export async function functionState(client: LambdaClient, FunctionName: string): Promise<FunctionState> {
  const found = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return {
    state: found.State,
    stateReason: found.StateReason,
    lastUpdate: found.LastUpdateStatus,
    timeoutInSeconds: found.Timeout,
    memoryInMiB: found.MemorySize,
    runtime: found.Runtime,
    environment: found.Environment?.Variables ?? {},
  };
}

/** What is left of the account is good to know; whoever may not see it hears of what is reserved all the same. */
export async function concurrencyOf(client: LambdaClient, FunctionName: string): Promise<Concurrency> {
  const { ReservedConcurrentExecutions } = await client.send(new GetFunctionConcurrencyCommand({ FunctionName }));
  const account = await readingOf(client.send(new GetAccountSettingsCommand({})));
  return {
    reserved: ReservedConcurrentExecutions,
    unreserved: account.kind === 'read' ? account.value.AccountLimit?.UnreservedConcurrentExecutions : undefined,
  };
}

export async function queueAttributes(sqs: SQSClient, QueueUrl: string): Promise<QueueAttributes> {
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  return Attributes;
}

export async function keyState(client: KMSClient, KeyId: string): Promise<string | undefined> {
  const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
  return KeyMetadata?.KeyState;
}

export async function keyPolicy(client: KMSClient, KeyId: string): Promise<string> {
  const { Policy = '{}' } = await client.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
  return Policy;
}

export async function datasetState(
  client: PersonalizeClient,
  datasetArn: string,
): Promise<Pick<DatasetState, 'status' | 'type'>> {
  const { dataset } = await client.send(new DescribeDatasetCommand({ datasetArn }));
  return { status: dataset?.status, type: dataset?.datasetType };
}

export async function tableState(client: DynamoDBClient, TableName: string): Promise<TableState> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const timeToLive = await readingOf(client.send(new DescribeTimeToLiveCommand({ TableName })));
  return {
    name: TableName,
    status: Table?.TableStatus,
    timeToLive: timeToLive.kind === 'read' ? timeToLive.value.TimeToLiveDescription?.TimeToLiveStatus : undefined,
  };
}

/** @param which - their names, or how they begin */
export async function alarmStates(client: CloudWatchClient, which: readonly string[] | string) {
  const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
    new DescribeAlarmsCommand({
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      ...(typeof which === 'string' ? { AlarmNamePrefix: which } : { AlarmNames: [...which], MaxRecords: 100 }),
    }),
  );
  return [...MetricAlarms, ...CompositeAlarms].map(
    ({ AlarmName = '', StateValue = '', StateReason, ActionsEnabled, AlarmActions = [] }): AlarmState => ({
      name: AlarmName,
      state: StateValue,
      reason: StateReason,
      actionsEnabled: ActionsEnabled ?? true,
      actions: AlarmActions,
    }),
  );
}

export async function topicState(client: SNSClient, TopicArn: string): Promise<TopicState> {
  const subscriptions: string[] = [];
  for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
    subscriptions.push(...(page.Subscriptions ?? []).map(({ SubscriptionArn = '' }) => SubscriptionArn));
  }
  return { arn: TopicArn, subscriptions };
}

export async function quotas(client: ServiceQuotasClient): Promise<readonly ServiceQuota[]> {
  const found: ServiceQuota[] = [];
  for await (const page of paginateListServiceQuotas({ client }, { ServiceCode: 'personalize' })) {
    for (const { QuotaName = '', Value = 0, Adjustable = false } of page.Quotas ?? []) {
      found.push({ name: QuotaName, value: Value, adjustable: Adjustable });
    }
  }
  return found;
}

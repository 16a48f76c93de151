/** The function that puts users: how it is built, how large it is, and what it is told. */

import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Function as LambdaFunction, Tracing } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DatasetRules } from '../contract/dataset/admission.ts';
import type { EnvironmentVariable, OrderVariable, SchemaVariable } from '../contract/deployment/environment.ts';
import { METRICS_NAMESPACE, SERVICE_NAME } from '../contract/deployment/metrics.ts';
import { allowLogGroup } from './encryption-key.ts';
import { functionCode, RUNTIME, SCHEMA_FILE } from './function-code.ts';
import type { IngestionFunctionOptions } from './function-options.ts';
import type { LogLevel } from './settings.ts';
import type { Sizing } from './sizing.ts';

/** What the function is made from. */
export interface IngestionFunctionProps extends Sizing {
  readonly datasetArn: string;
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;
  readonly role: Role;
  readonly logGroup: ILogGroup;
  readonly memoryInMiB: number;
  readonly maxPropertiesLength: number;
  /** What is known of the dataset, if anything is. */
  readonly dataset: Required<DatasetRules> | undefined;
  /** The table of versions, if there is the order guard. */
  readonly order: { readonly table: ITable; readonly salt: string } | undefined;
  readonly logLevel: LogLevel;
  readonly tracing: boolean;
  /** What it can have besides. */
  readonly functionOptions: IngestionFunctionOptions;
}

/** Makes the function out of lambda/handler.ts. */
export function createIngestionFunction(scope: Construct, props: IngestionFunctionProps): LambdaFunction {
  const { layers, securityGroups, environment, ...options } = props.functionOptions;
  return new LambdaFunction(scope, 'Function', {
    description: 'Puts users from the users queue into an Amazon Personalize Users dataset.',
    ...options,
    ...(layers && { layers: [...layers] }),
    ...(securityGroups && { securityGroups: [...securityGroups] }),
    runtime: RUNTIME,
    architecture: Architecture.ARM_64,
    code: functionCode({ schema: props.dataset?.schema, orderGuard: props.order !== undefined }),
    handler: 'index.handler',
    timeout: Duration.seconds(props.timeoutInSeconds),
    memorySize: props.memoryInMiB,
    role: props.role,
    logGroup: props.logGroup,
    // The CDK lets the role write traces.
    ...(props.tracing && { tracing: Tracing.ACTIVE }),
    environment: { ...environment, ...variables(props) },
  });
}

/** What the log group is made from. */
interface LogGroupOptions {
  readonly logRetentionInDays: number;
  readonly removalPolicy: RemovalPolicy;
  readonly encryptionKey?: IKey | undefined;
}

/**
 * Makes the function's log group. The function writes its own JSON to it: Lambda's JSON log format would filter what the
 * function writes by level and counts metrics as INFO, so that the `logLevel` WARN would silence every metric.
 * Source: Lambda developer guide, log-level filtering.
 */
export function createLogGroup(scope: Construct, options: LogGroupOptions): LogGroup {
  const { logRetentionInDays, removalPolicy, encryptionKey } = options;
  const logGroup = new LogGroup(scope, 'LogGroup', { retention: logRetentionInDays, removalPolicy, encryptionKey });
  if (encryptionKey) allowLogGroup(encryptionKey, logGroup);
  return logGroup;
}

function variables(props: IngestionFunctionProps): Record<string, string> {
  const ours: Record<EnvironmentVariable, string> = {
    DATASET_ARN: props.datasetArn,
    QUEUE_URL: props.queue.queueUrl,
    DEAD_LETTER_QUEUE_URL: props.deadLetterQueue.queueUrl,
    MAX_RECEIVE_COUNT: String(props.maxReceiveCount),
    REQUESTS_PER_SECOND: String(props.requestsPerSecond),
    MAX_CONCURRENCY: String(props.maxConcurrency),
    MAX_PROPERTIES_LENGTH: String(props.maxPropertiesLength),
    BACKOFF_BASE_SECONDS: String(props.backoffBaseInSeconds),
    BACKOFF_MAX_SECONDS: String(props.backoffMaxInSeconds),
    TIMEOUT_SECONDS: String(props.timeoutInSeconds),
  };
  return {
    ...ours,
    ...(props.dataset && schemaVariables(props.dataset)),
    ...(props.order && orderVariables(props.order)),
    POWERTOOLS_SERVICE_NAME: SERVICE_NAME,
    POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
    POWERTOOLS_LOG_LEVEL: props.logLevel,
    NODE_OPTIONS: '--enable-source-maps',
  };
}

function schemaVariables({ check }: Required<DatasetRules>): Record<SchemaVariable, string> {
  return { USERS_SCHEMA_FILE: SCHEMA_FILE, SCHEMA_CHECK: check };
}

function orderVariables({ table, salt }: NonNullable<IngestionFunctionProps['order']>): Record<OrderVariable, string> {
  return { ORDER_TABLE_NAME: table.tableName, ORDER_SALT: salt };
}

/** The pipeline as one construct, for any app: queue, function, dead-letter queue, and what connects them. */
import { Annotations, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import {
  type IMetric,
  type MathExpressionOptions,
  type Metric,
  type MetricOptions,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { EventSourceMapping, type IFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DatasetRules } from '../contract/dataset/admission.ts';
import { DEFAULT_MAX_PROPERTIES_LENGTH } from '../contract/dataset/put-users-limits.ts';
import type { IngestionMetricName } from '../contract/deployment/metrics.ts';
import { type DatasetSchemaProps, readDatasetRules } from './dataset-schema.ts';
import { grantUseThroughSqs } from './encryption-key.ts';
import { createExecutionRole } from './execution-role.ts';
import { checkFunctionOptions, type IngestionFunctionOptions } from './function-options.ts';
import { refuseUnusableKey } from './given-key.ts';
import {
  type GivenQueueProps,
  type GivenQueues,
  isImported,
  keyOf,
  readGivenQueues,
  refuseUnfitQueue,
  warnOfUnchecked,
} from './given-queues.ts';
import { createIngestionFunction, createLogGroup } from './ingestion-function.ts';
import { deadLettersByReason, ingestionMetric, quotaUsed, timeToDrain } from './monitoring/ingestion-metrics.ts';
import { createOrderTable, saltOf } from './order-table.ts';
import { addPipelineOutputs, type OutputOptions } from './pipeline-outputs.ts';
import { type Place, placeOfPipeline, refuseDatasetElsewhere } from './place.ts';
import { queuePolicyProblem } from './queue-policy.ts';
import { createDeadLetterQueue, createUsersQueue } from './queues.ts';
import { checkSettings, type LogLevel, mustHaveDataset } from './settings.ts';
import { type Sizing, type SizingProps, sizing } from './sizing.ts';

/** What is kept stays, and so does the key that it is encrypted with. */
export const DEFAULT_REMOVAL_POLICY = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

/** What a `UserIngestion` is made from. Only the dataset is required. */
export interface UserIngestionProps extends SizingProps, DatasetSchemaProps, GivenQueueProps {
  /** The ARN of the Users dataset, `arn:aws:personalize:REGION:ACCOUNT:dataset/GROUP/USERS`, or a token for it. */
  readonly datasetArn: string;
  /**
   * Characters in a user's `properties`, at most: 1 to 1,000,000. Longer ones are rejected unsent. Source: PutUsers API
   * reference, `User`.
   * @default 24000
   */
  readonly maxPropertiesLength?: number;
  /**
   * The function's memory, in MiB: 128 to 10,240. Source: Lambda quotas.
   * @default 512
   */
  readonly memoryInMiB?: number;
  /**
   * How long the function's logs are kept, in days: one of `LOG_RETENTION_DAYS`.
   * @default 30
   */
  readonly logRetentionInDays?: number;
  /**
   * What the function logs from. DEBUG has a line for every batch; INFO for those of which something was retried or dead-lettered. Metrics
   * are written whatever it is.
   * @default INFO
   */
  readonly logLevel?: LogLevel;
  /**
   * Whether an older record of a user never undoes a newer one, across batches, redeliveries and replays: a DynamoDB table remembers
   * each user's newest version. docs/ordering.md says what it costs.
   * @default false
   */
  readonly orderGuard?: boolean;
  /**
   * Whether X-Ray traces what Lambda does for each batch. The role may then write traces.
   * @default false
   */
  readonly tracing?: boolean;
  /**
   * What the function has besides: a name, a VPC, layers, environment variables.
   * @default - nothing
   */
  readonly functionOptions?: IngestionFunctionOptions;
  /**
   * A symmetric KMS key of your own that the queues that are made, and the log group, are encrypted with. What CloudWatch Logs and
   * producers need is added to its policy if it is of the same app; the owner of an imported one adds it
   * (docs/security.md). The key must be there for as long as the queues and the log group are.
   * @default - SQS and CloudWatch Logs encrypt with keys of their own
   */
  readonly encryptionKey?: IKey;
  /**
   * What becomes of the queues, the log group and the table of `orderGuard` when the stack is deleted, or when a change replaces them.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE - they stay, with all that is in them; only a first deployment
   * that fails removes what it made, which is empty
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Keeps a Users dataset up to date with the users that producers send to its queue.
 *
 * @example
 * const ingestion = new UserIngestion(this, 'Users', { datasetArn: dataset.attrDatasetArn });
 * ingestion.grantSend(signUpService);
 */
export class UserIngestion extends Construct {
  /** Where producers send users to. */
  readonly queue: IQueue;
  /** Where users go that could not be delivered, each with the reason. Kept for 14 days, unless it was given. */
  readonly deadLetterQueue: IQueue;
  /** What takes users from the queue and puts them into the dataset. */
  readonly function: LambdaFunction;
  /** What invokes the function with batches from the queue. */
  readonly eventSourceMapping: EventSourceMapping;
  /** What the function logs to. */
  readonly logGroup: LogGroup;
  /** Remembers which version of each user was delivered, if there is the order guard. */
  readonly orderTable: Table | undefined;
  /**
   * What its userIds are hashed with, if there is the order guard.
   * @internal
   */
  readonly orderSalt: string | undefined;
  /** What the queues that were made, and the log group, are encrypted with, if it is not the services' own. */
  readonly encryptionKey: IKey | undefined;
  /** The sizes of this deployment, given and derived. */
  readonly sizing: Sizing;
  /**
   * The dataset's schema and what is done by it, if it is known.
   * @internal
   */
  readonly dataset: Required<DatasetRules> | undefined;

  /**
   * For how long the users queue keeps a message, in seconds.
   * @internal
   */
  readonly retentionInSeconds: number;

  readonly #outputs: OutputOptions;

  /** @throws SettingError for a prop out of its limits, or props that cannot work together */
  constructor(scope: Construct, id: string, props: UserIngestionProps) {
    super(scope, id);
    mustHaveDataset(props);
    const place = placeOfPipeline(this, props.datasetArn);
    const settings = complete(props, place);
    refuseDatasetElsewhere(this, props.datasetArn);
    if (props.encryptionKey) refuseUnusableKey(props.encryptionKey, place);
    this.encryptionKey = settings.encryptionKey;
    this.sizing = settings.sizing;
    this.dataset = settings.dataset;
    this.#outputs = settings;
    const { given } = settings;
    this.retentionInSeconds = given.retentionInSeconds;
    this.deadLetterQueue = given.deadLetterQueue ?? createDeadLetterQueue(this, settings);
    this.queue = given.queue ?? createUsersQueue(this, settings, this.deadLetterQueue);
    warnOfUnchecked(this, given, this.deadLetterQueue, this.sizing, place);
    this.logGroup = createLogGroup(this, settings);
    this.orderTable = settings.orderGuard ? createOrderTable(this, settings) : undefined;
    this.orderSalt = settings.orderGuard ? saltOf(this) : undefined;
    this.function = this.createFunction(settings);
    this.eventSourceMapping = connect(this, this.queue, this.function, settings);
    // Whoever has the queues can add to their policies until the app is synthesized.
    this.node.addValidation({ validate: () => policyProblems(this, place) });
  }

  /**
   * Lets a producer send users to the queue, and encrypt them if there is a key. It may do nothing else: attributes would
   * tell it about other producers, and the queue's URL is an output of the stack. What the policies of an imported queue or key have to
   * say is for their owner to write.
   */
  grantSend(grantee: IGrantable): Grant {
    const send = this.queue.grant(grantee, 'sqs:SendMessage');
    if (!send.principalStatement && isImported(this.queue)) warnOfGrant(this, grantee);
    const key = keyOf(this.queue);
    return key ? send.combine(grantUseThroughSqs(key, grantee, Stack.of(this).region)) : send;
  }

  /**
   * A metric of the function, of this deployment only: over 5 minutes, and by the statistic that makes sense of it, unless
   * told otherwise. The methods below have a name for each; what else the queues and the function have are metrics of their own.
   *
   * @example
   * ingestion.metric('UsersDelivered', { period: Duration.hours(1) });
   */
  metric(metricName: IngestionMetricName, options?: MetricOptions): Metric {
    return ingestionMetric(this.function.functionName, metricName, options);
  }

  /**
   * Gives the stack the outputs by which the command line (`--stack NAME`) finds the pipeline. It finds one in a stack.
   *
   * @throws SettingError when the stack has those of another pipeline
   */
  addOutputs(): void {
    addPipelineOutputs(this, this.#outputs);
  }

  /** Users that are in the dataset now. */
  metricUsersDelivered(options?: MetricOptions): Metric {
    return this.metric('UsersDelivered', options);
  }

  /** Users of which a newer record was delivered. Batches without one leave it out: take what is missing for 0. */
  metricUsersSuperseded(options?: MetricOptions): Metric {
    return this.metric('UsersSuperseded', options);
  }

  /** Users that became dead letters, by what the function says: 0 for most batches. */
  metricUsersRejected(options?: MetricOptions): Metric {
    return this.metric('UsersRejected', options);
  }

  /** Users that are to be received again. Batches without one leave it out: take what is missing for 0. */
  metricUsersRetried(options?: MetricOptions): Metric {
    return this.metric('UsersRetried', options);
  }

  /** Calls of PutUsers, each of which spends the quota. */
  metricPutUsersCalls(options?: MetricOptions): Metric {
    return this.metric('PutUsersCalls', options);
  }

  /** Calls that PutUsers throttled. Batches without one leave it out: take what is missing for 0. */
  metricThrottledCalls(options?: MetricOptions): Metric {
    return this.metric('ThrottledCalls', options);
  }

  /** Users in a call, on average. */
  metricUsersPerCall(options?: MetricOptions): Metric {
    return this.metric('UsersPerCall', options);
  }

  /** Messages that a defect of the function struck: 0 for most batches. */
  metricInternalErrors(options?: MetricOptions): Metric {
    return this.metric('InternalErrors', options);
  }

  /** How old the oldest message of a batch was, in milliseconds, at most. */
  metricOldestMessageAge(options?: MetricOptions): Metric {
    return this.metric('OldestMessageAge', options);
  }

  /** Users that became dead letters for one reason, such as `InvalidInputException`. */
  metricDeadLettersByReason(errorCode: string, options?: MetricOptions): Metric {
    return deadLettersByReason(this.function.functionName, errorCode, options);
  }

  /** Dead letters in the queue that nobody is looking at, at most. */
  metricDeadLetters(options?: MetricOptions): Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, ...options });
  }

  /** Messages that producers sent. */
  metricMessagesSent(options?: MetricOptions): Metric {
    return this.queue.metricNumberOfMessagesSent({ statistic: Stats.SUM, ...options });
  }

  /** Messages in the queue that wait to be received, at most. */
  metricMessagesWaiting(options?: MetricOptions): Metric {
    return this.queue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, ...options });
  }

  /** Messages that are being worked on, or back off, at most. */
  metricMessagesHidden(options?: MetricOptions): Metric {
    return this.queue.metricApproximateNumberOfMessagesNotVisible({ statistic: Stats.MAXIMUM, ...options });
  }

  /** How much of the quota is used, in percent. */
  metricQuotaUsed(options?: MathExpressionOptions): IMetric {
    return quotaUsed(this, options);
  }

  /** How long what is in the queue takes at the quota, in minutes, if messages have as many users as they may. */
  metricTimeToDrain(options?: MathExpressionOptions): IMetric {
    return timeToDrain(this, options);
  }

  private createFunction(settings: CompleteProps): LambdaFunction {
    const touched = {
      datasetArn: settings.datasetArn,
      queue: this.queue,
      deadLetterQueue: this.deadLetterQueue,
      logGroup: this.logGroup,
      orderTable: this.orderTable,
      encryptionKey: settings.encryptionKey,
      queueKeys: keysOf([this.queue, this.deadLetterQueue]),
      isInVpc: settings.functionOptions.vpc !== undefined,
    };
    const role = createExecutionRole(this, touched);
    const order = this.orderTable && { table: this.orderTable, salt: this.orderSalt! };
    return createIngestionFunction(this, { ...settings, ...touched, order, role });
  }
}

type CompleteProps = Required<
  Omit<UserIngestionProps, 'encryptionKey' | keyof DatasetSchemaProps | keyof GivenQueueProps>
> &
  Pick<UserIngestionProps, 'encryptionKey'> & {
    readonly given: GivenQueues;
    readonly sizing: Sizing;
    readonly dataset: Required<DatasetRules> | undefined;
  };

function policyProblems({ queue, deadLetterQueue }: UserIngestion, place: Place): string[] {
  const problems = [
    queuePolicyProblem(queue, 'the users queue', place),
    queuePolicyProblem(deadLetterQueue, 'the dead-letter queue', place),
  ];
  return problems.filter((problem) => problem !== undefined);
}

/** The customer's keys of the queues, each once. */
function keysOf(queues: readonly IQueue[]): IKey[] {
  const keys = queues.map(keyOf).filter((key) => key !== undefined);
  return keys.filter(({ keyArn }, index) => keys.findIndex((key) => key.keyArn === keyArn) === index);
}

function warnOfGrant(ingestion: UserIngestion, { grantPrincipal }: IGrantable): void {
  Annotations.of(ingestion).addWarningV2(
    'personalize-users:grant-send',
    `grantSend changed nothing for ${grantPrincipal}: the queue is imported, so let the principal send in the queue's own policy.`,
  );
}

/** Checks what is given and decides what is not. */
function complete(props: UserIngestionProps, place: Place): CompleteProps {
  const { datasetArn, functionOptions = {}, ...others } = props;
  checkSettings(Token.isUnresolved(datasetArn) ? others : props);
  checkFunctionOptions(functionOptions);
  const given = readGivenQueues(others, place);
  refuseUnfitQueue(given, others);
  const sizes = sizing({ ...others, ...given.sizes });
  return {
    datasetArn,
    maxPropertiesLength: props.maxPropertiesLength ?? DEFAULT_MAX_PROPERTIES_LENGTH,
    memoryInMiB: props.memoryInMiB ?? 512,
    logRetentionInDays: props.logRetentionInDays ?? 30,
    logLevel: props.logLevel ?? 'INFO',
    orderGuard: props.orderGuard ?? false,
    tracing: props.tracing ?? false,
    functionOptions,
    given,
    encryptionKey: props.encryptionKey,
    removalPolicy: props.removalPolicy ?? DEFAULT_REMOVAL_POLICY,
    ...sizes,
    sizing: sizes,
    dataset: readDatasetRules(props),
  };
}

/**
 * The mapping's concurrency holds the function to its share of the quota. Reserved concurrency would not: what it turns
 * away counts as received, until healthy messages are dead letters.
 */
function connect(scope: Construct, queue: IQueue, target: IFunction, sizes: Sizing): EventSourceMapping {
  return new EventSourceMapping(scope, 'EventSourceMapping', {
    target,
    eventSourceArn: queue.queueArn,
    batchSize: sizes.batchSize,
    // A FIFO queue has no batching window, not even one of 0 s.
    ...(!sizes.fifo && { maxBatchingWindow: Duration.seconds(sizes.batchingWindowInSeconds) }),
    maxConcurrency: sizes.maxConcurrency,
    reportBatchItemFailures: true,
  });
}

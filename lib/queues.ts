/** The two queues: users on their way in, and users that could not be delivered, each with the reason. */
import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  type IQueue,
  Queue,
  QueueEncryption,
  type QueueProps,
} from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { RETENTION_IN_SECONDS } from '../aws/sqs/limits.ts';
import type { Sizing } from './sizing.ts';

/** What both queues are made from. */
interface QueueOptions extends Pick<Sizing, 'fifo' | 'visibilityTimeoutInSeconds'> {
  readonly removalPolicy: RemovalPolicy;
  /** SQS encrypts with keys of its own without it. */
  readonly encryptionKey?: IKey | undefined;
}

/** The queue of users that could not be delivered. Its messages can be sent to the users queue again as they stand. */
export function createDeadLetterQueue(scope: Construct, options: QueueOptions): Queue {
  const queue = new Queue(scope, 'DeadLetterQueue', commonProps(options));
  refuseOutsiders(queue, 'RefuseOutsiders', ['sqs:*']);
  return queue;
}

/**
 * The queue that producers send to. Its redrive policy is for crashes: the function itself sends what it cannot deliver
 * to the dead-letter queue, with the reason, and that is the only other way there.
 */
export function createUsersQueue(
  scope: Construct,
  options: QueueOptions & Pick<Sizing, 'maxReceiveCount'>,
  deadLetterQueue: IQueue,
): Queue {
  const queue = new Queue(scope, 'Queue', {
    ...commonProps(options),
    visibilityTimeout: Duration.seconds(options.visibilityTimeoutInSeconds),
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: options.maxReceiveCount },
  });
  refuseOutsiders(queue, 'OutsidersOnlySend', ALL_BUT_SENDING);
  return queue;
}

function commonProps({ fifo, removalPolicy, encryptionKey }: QueueOptions): QueueProps {
  return {
    retentionPeriod: Duration.seconds(RETENTION_IN_SECONDS),
    encryption: encryptionKey ? QueueEncryption.KMS : QueueEncryption.SQS_MANAGED,
    encryptionMasterKey: encryptionKey,
    enforceSSL: true,
    removalPolicy,
    ...(fifo && FIFO_PROPS),
  };
}

/**
 * Order is kept and counted per message group, so that groups do not wait for each other. Ids are the senders': by content,
 * SQS would drop the second "on" of on, off, on.
 */
const FIFO_PROPS: QueueProps = {
  fifo: true,
  contentBasedDeduplication: false,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
};

/**
 * What a queue's policy could give to another account, sending apart. A statement has room for just these: it takes 7
 * actions. Source: SQS developer guide, cross-account permissions and policy quotas.
 */
const ALL_BUT_SENDING = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ListDeadLetterSourceQueues',
  'sqs:PurgeQueue',
  'sqs:ReceiveMessage',
];

/**
 * Refuses whoever is of another account, whatever else the policy comes to allow. AWS services are of no account; what
 * one of them may do is for the statement to say that lets it in. Source: IAM user guide, global condition keys.
 */
function refuseOutsiders(queue: Queue, sid: string, actions: string[]): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid,
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions,
      resources: [queue.queueArn],
      conditions: {
        StringNotEquals: { 'aws:PrincipalAccount': Stack.of(queue).account },
        // Anonymous requests do not have the key.
        BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
      },
    }),
  );
}

/** The two queues: users on their way in, and users that could not be delivered, each with the reason. */
import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { RETENTION_IN_SECONDS, type Sizing } from './sizing.ts';

/** What both queues are made from. */
interface QueueOptions extends Pick<Sizing, 'fifo' | 'visibilityTimeoutInSeconds'> {
  readonly removalPolicy: RemovalPolicy;
}

/** The queue of users that could not be delivered. Its messages can be sent to the users queue again as they stand. */
export function createDeadLetterQueue(scope: Construct, options: QueueOptions): Queue {
  return new Queue(scope, 'DeadLetterQueue', commonProps(options));
}

/**
 * The queue that producers send to. Its redrive policy is for crashes: the function itself sends what it cannot deliver
 * to the dead-letter queue, with the reason, and that is the only other way there.
 */
export function createUsersQueue(
  scope: Construct,
  options: QueueOptions & Pick<Sizing, 'maxReceiveCount'>,
  deadLetterQueue: Queue,
): Queue {
  return new Queue(scope, 'Queue', {
    ...commonProps(options),
    visibilityTimeout: Duration.seconds(options.visibilityTimeoutInSeconds),
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: options.maxReceiveCount },
  });
}

function commonProps({ fifo, removalPolicy }: QueueOptions): QueueProps {
  return {
    retentionPeriod: Duration.seconds(RETENTION_IN_SECONDS),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    removalPolicy,
    ...(fifo && FIFO_PROPS),
  };
}

/** Order is kept and counted per message group, so that groups do not wait for each other. */
const FIFO_PROPS: QueueProps = {
  fifo: true,
  contentBasedDeduplication: false,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
};

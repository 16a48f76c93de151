/** An SQS in this process, for real clients over HTTP: the Node SDK and the `aws` CLI alike. */
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { createSqsClient } from '../../aws/sqs/local-sqs-client.ts';
import { approximately } from '../fair-queue/noisy-groups.ts';
import { type Random, seededRandom } from '../random.ts';
import type { SqsFaultCounts, SqsFaultRule } from './faults.ts';
import { type FauxqsServer, startFauxqsServer } from './fauxqs-server.ts';
import type { QueueDefinition } from './queue-definition.ts';

/** The account that fauxqs plays. It cannot be chosen. */
export const LOCAL_ACCOUNT_ID = '000000000000';

export interface LocalSqsOptions {
  /** @default 'us-east-1' */
  readonly region?: string;
  /** @default 0, any that is free */
  readonly port?: number;
  /**
   * Draws by how much the thresholds are off by which fair queues tell noisy groups, since they are approximate.
   * @default they are as documented
   */
  readonly random?: Random | undefined;
}

/** How many messages a queue has, exactly. */
export interface QueueDepth {
  readonly visible: number;
  /** Received, and neither deleted nor visible again. */
  readonly inFlight: number;
  readonly delayed: number;
}

export interface LocalSqs {
  /** Such as `http://127.0.0.1:4566`; what `AWS_ENDPOINT_URL_SQS` is set to. */
  readonly endpoint: string;
  readonly region: string;
  /** 12 digits; part of every ARN and URL. */
  readonly accountId: string;
  /** The URL of a queue, which need not have been created yet. */
  queueUrl(queueName: string): string;
  /** The ARN of a queue, which need not have been created yet. */
  queueArn(queueName: string): string;
  /**
   * Creates a queue.
   *
   * @throws the SDK's error when SQS would refuse the name or an attribute
   */
  createQueue(definition: QueueDefinition): Promise<void>;
  /**
   * Counts the messages of a queue.
   *
   * @throws Error when there is no such queue
   */
  depth(queueName: string): QueueDepth;
  /**
   * Has the receives that wait on a queue answered now, with whatever there is. To abort them instead would lose the
   * messages of a reply that is on its way, until their visibility timeout ends.
   */
  answerLongPolls(queueName: string): void;
  /**
   * Has requests fail from now on, by these rules and no others.
   *
   * @param seed - of the random sequence by which they are drawn
   */
  setFaults(rules: readonly SqsFaultRule[], seed: number): void;
  /** How often requests have failed on purpose up to now. */
  faultCounts(): SqsFaultCounts;
  /** Ends long polls and closes all connections. What is in the queues is gone. */
  stop(): Promise<void>;
}

/**
 * Starts an SQS on 127.0.0.1 that keeps its queues in memory.
 *
 * @throws what listening throws, such as EADDRINUSE
 */
export async function startLocalSqs(options: LocalSqsOptions = {}): Promise<LocalSqs> {
  const { region = 'us-east-1', port = 0, random } = options;
  const server = await startFauxqsServer(port, random && approximately(random));
  const { endpoint, stop } = server;
  const client = createSqsClient({ endpoint, region });
  return {
    endpoint,
    region,
    accountId: LOCAL_ACCOUNT_ID,
    queueUrl: (queueName) => `${endpoint}/${LOCAL_ACCOUNT_ID}/${queueName}`,
    queueArn: (queueName) => `arn:aws:sqs:${region}:${LOCAL_ACCOUNT_ID}:${queueName}`,
    createQueue: async ({ name, attributes }) => {
      await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    },
    depth: (queueName) => depthOf(server, queueName),
    setFaults: (rules, seed) => server.setFaults(rules, seededRandom(seed)),
    faultCounts: server.faultCounts,
    answerLongPolls: (queueName) => server.store.getQueueByName(queueName)?.cancelWaiters(),
    stop: async () => {
      client.destroy();
      await stop();
    },
  };
}

function depthOf({ store }: FauxqsServer, queueName: string): QueueDepth {
  const queue = store.getQueueByName(queueName);
  if (!queue) throw new Error(`There is no queue ${queueName}`);
  queue.processTimers();
  const { ready, inflight, delayed } = queue.inspectMessages();
  return { visible: ready.length, inFlight: inflight.length, delayed: delayed.length };
}

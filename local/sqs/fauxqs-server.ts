/**
 * The one place that knows fauxqs from the inside. What it exports, `startFauxqs`, listens on every interface of the
 * machine and names queues by URLs that need a DNS entry; its parts can be put together otherwise, but the package
 * does not export them. Its version is pinned, and the tests next to this check each thing that is relied on here.
 */
import { buildApp } from 'fauxqs';
import { S3Store } from '../../node_modules/fauxqs/dist/s3/s3Store.js';
import { SnsStore } from '../../node_modules/fauxqs/dist/sns/snsStore.js';
import { SqsStore } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js';
import { drawSqsFault, type SqsFault, type SqsFaultRule, type SqsRequest } from './faults.ts';
import { receiveSeveralOfGroup } from './fifo-groups.ts';

type App = ReturnType<typeof buildApp>;

/** A fauxqs that listens on 127.0.0.1 only. */
export interface FauxqsServer {
  /** Such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly store: SqsStore;
  /** Replaces the rules by which requests fail, and begins to draw anew. */
  setFaults(rules: readonly SqsFaultRule[], random: () => number): void;
  stop(): Promise<void>;
}

/**
 * Starts fauxqs. A queue is in the region that the request which creates it is signed for.
 *
 * @param port - 0 for any that is free
 * @throws what listening throws, such as EADDRINUSE
 */
export async function startFauxqsServer(port: number): Promise<FauxqsServer> {
  const store = createStore();
  const app = buildApp({
    logger: false,
    stores: { sqsStore: store, snsStore: new SnsStore(), s3Store: new S3Store() },
  });
  endAbandonedPolls(app, store);
  giveOnlyAttributesAskedFor(app);
  const setFaults = commitFaults(app);
  const endpoint = await app.listen({ port, host: '127.0.0.1' });
  return { endpoint, store, setFaults, stop: () => app.close() };
}

function createStore(): SqsStore {
  const store = new SqsStore();
  // Without a host of its own, the store makes URLs with the host that the request was sent to.
  store.host = '';
  const createQueue = store.createQueue.bind(store);
  store.createQueue = (...definition) => {
    const queue = createQueue(...definition);
    if (queue.isFifo()) receiveSeveralOfGroup(queue);
    return queue;
  };
  return store;
}

/**
 * Ends a long poll when its caller has gone. fauxqs 2.4.1 would wait on, and the next message would be received by
 * nobody: in flight, and unseen until its visibility timeout ends.
 */
function endAbandonedPolls(app: App, store: SqsStore): void {
  app.addHook('preHandler', async (request, reply) => {
    reply.raw.once('close', () => {
      if (reply.raw.writableFinished) return;
      const { QueueUrl: url } = (request.body ?? {}) as { readonly QueueUrl?: string };
      if (url) store.getQueue(url)?.cancelWaiters();
    });
  });
}

/** SQS gives the message attributes that a receive asks for. fauxqs 2.4.1 gives all of them to one that asks for none. */
function giveOnlyAttributesAskedFor(app: App): void {
  app.addHook('preHandler', async (request) => {
    if (request.headers['x-amz-target'] !== 'AmazonSQS.ReceiveMessage') return;
    const body = request.body as { MessageAttributeNames?: string[] };
    // No attribute has an empty name.
    if (!body.MessageAttributeNames?.length) body.MessageAttributeNames = [''];
  });
}

/** Makes requests fail by the rules that the returned function is given; by none at first. */
function commitFaults(app: App): FauxqsServer['setFaults'] {
  let draw = (_: SqsRequest): SqsFault => 'none';
  app.addHook('preHandler', async (request, reply) => {
    const action = String(request.headers['x-amz-target'] ?? '').replace('AmazonSQS.', '');
    const { QueueUrl: queueUrl } = (request.body ?? {}) as { readonly QueueUrl?: string };
    const fault = draw({ action, queueUrl });
    if (fault === 'refused') {
      await reply.code(503).header('content-type', 'application/x-amz-json-1.0').send(UNAVAILABLE);
    } else if (fault === 'replyDropped') {
      // The handler runs when this hook is over; what it answers finds no connection.
      reply.raw.writeHead = () => {
        request.raw.socket.destroy();
        return reply.raw;
      };
    }
  });
  return (rules, random) => {
    draw = (request) => drawSqsFault(request, rules, random);
  };
}

const UNAVAILABLE = JSON.stringify({ __type: 'com.amazonaws.sqs#ServiceUnavailable', message: 'A fault on purpose' });

/**
 * The one place that knows fauxqs from the inside. What it exports, `startFauxqs`, listens on every interface of the
 * machine and names queues by URLs that need a DNS entry; its parts can be put together otherwise, but the package
 * does not export them. Its version is pinned, and the tests next to this check each thing that is relied on here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { buildApp } from 'fauxqs';
import { S3Store } from '../../node_modules/fauxqs/dist/s3/s3Store.js';
import { SnsStore } from '../../node_modules/fauxqs/dist/sns/snsStore.js';
import { SqsStore } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js';
import { type FairQueueOptions, handOutQuietGroupsFirst } from './fair-queue.ts';
import {
  countSqsFault,
  drawSqsFault,
  NO_FAULT,
  NO_FAULTS_YET,
  type SqsFault,
  type SqsFaultCounts,
  type SqsFaultRule,
  type SqsRequest,
} from './faults.ts';
import { receiveSeveralOfGroup } from './fifo-groups.ts';

type App = ReturnType<typeof buildApp>;

/** A fauxqs that listens on 127.0.0.1 only. */
export interface FauxqsServer {
  /** Such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly store: SqsStore;
  /** Replaces the rules by which requests fail, and begins to draw anew. */
  setFaults(rules: readonly SqsFaultRule[], random: () => number): void;
  /** How often requests have failed. */
  faultCounts(): SqsFaultCounts;
  stop(): Promise<void>;
}

/**
 * Starts fauxqs. A queue is in the region that the request which creates it is signed for.
 *
 * @param port - 0 for any that is free
 * @param approximation - by how much the thresholds of fair queues are off, as a factor. @default they are as documented
 * @throws what listening throws, such as EADDRINUSE
 */
export async function startFauxqsServer(
  port: number,
  approximation?: FairQueueOptions['approximation'],
): Promise<FauxqsServer> {
  const groups: Groups = new WeakMap();
  const noisyGroups: NoisyGroups = new Map();
  const store = createStore(groups, noisyGroups, approximation);
  const app = buildApp({
    logger: false,
    stores: { sqsStore: store, snsStore: new SnsStore(), s3Store: new S3Store() },
  });
  endAbandonedPolls(app, store);
  giveOnlyAttributesAskedFor(app);
  keepGroups(app, groups);
  tellOfNoisyGroups(app, noisyGroups);
  const stopping = new AbortController();
  const faults = commitFaults(app, stopping.signal);
  const endpoint = await app.listen({ port, host: '127.0.0.1' });
  return {
    endpoint,
    store,
    ...faults,
    stop: async () => {
      stopping.abort();
      await app.close();
    },
  };
}

/** The noisy groups of each standard queue, by the queue's name. */
type NoisyGroups = Map<string, () => readonly string[]>;

function createStore(
  groups: Groups,
  noisyGroups: NoisyGroups,
  approximation: FairQueueOptions['approximation'],
): SqsStore {
  const store = new SqsStore();
  // Without a host of its own, the store makes URLs with the host that the request was sent to.
  store.host = '';
  const createQueue = store.createQueue.bind(store);
  store.createQueue = (...definition) => {
    const queue = createQueue(...definition);
    if (queue.isFifo()) receiveSeveralOfGroup(queue);
    else {
      const groupOf: FairQueueOptions['groupOf'] = ({ messageAttributes }) => groups.get(messageAttributes);
      noisyGroups.set(queue.name, handOutQuietGroupsFirst(queue, { groupOf, approximation }));
    }
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

/**
 * The group that a message was sent with, by its attributes: the one object that goes on from the request into the message.
 */
type Groups = WeakMap<object, string>;

interface SentMessage {
  readonly MessageGroupId?: string;
  MessageAttributes?: object;
}

/** Keeps the groups of messages of standard queues, which fauxqs 2.4.1 drops. */
function keepGroups(app: App, groups: Groups): void {
  app.addHook('preHandler', async (request) => {
    const body = (request.body ?? {}) as SentMessage & { readonly Entries?: readonly SentMessage[] };
    for (const sent of [body, ...(body.Entries ?? [])]) {
      if (sent.MessageGroupId === undefined) continue;
      sent.MessageAttributes ??= {};
      groups.set(sent.MessageAttributes, sent.MessageGroupId);
    }
  });
}

/** Answers `GET /_local/queues/NAME/noisy-groups`. Of a FIFO queue, which has none, it says nothing. */
function tellOfNoisyGroups(app: App, noisyGroups: NoisyGroups): void {
  app.get('/_local/queues/:name/noisy-groups', async (request) => {
    const { name } = request.params as { readonly name: string };
    return { noisyGroups: noisyGroups.get(name)?.() };
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

/** Makes requests fail by the rules that `setFaults` is given; by none at first. */
function commitFaults(app: App, stopping: AbortSignal): Pick<FauxqsServer, 'setFaults' | 'faultCounts'> {
  let draw = (_: SqsRequest): SqsFault => NO_FAULT;
  let counts = NO_FAULTS_YET;
  const failEntries = letEntriesFail(app);

  app.addHook('preHandler', async (request, reply) => {
    const fault = draw(readSqsRequest(request));
    counts = countSqsFault(counts, fault);
    if (fault.kind === 'refused') {
      await reply.code(503).header('content-type', JSON_OF_SQS).send(UNAVAILABLE);
      return;
    }
    if (fault.lateByInMilliseconds > 0) {
      await sleep(fault.lateByInMilliseconds, undefined, { signal: stopping }).catch(() => undefined);
    }
    if (fault.replyIsDropped) {
      // The handler runs when this hook is over; what it answers finds no connection.
      reply.raw.writeHead = () => {
        request.raw.socket.destroy();
        return reply.raw;
      };
    }
    const allFailed = failEntries(request, fault.failedEntryIds);
    if (allFailed) await reply.header('content-type', JSON_OF_SQS).send(allFailed);
  });
  return {
    setFaults: (rules, random) => {
      draw = (request) => drawSqsFault(request, rules, random);
    },
    faultCounts: () => counts,
  };
}

/** The body of a request, as far as it is needed here. */
interface SqsBody {
  readonly QueueUrl?: string;
  Entries?: readonly { readonly Id: string }[];
}

type Request = Parameters<Parameters<App['setErrorHandler']>[0]>[1];

function readSqsRequest({ headers, body }: Request): SqsRequest {
  const { QueueUrl: queueUrl, Entries = [] } = (body ?? {}) as SqsBody;
  return {
    action: String(headers['x-amz-target'] ?? '').replace('AmazonSQS.', ''),
    queueUrl,
    entryIds: Entries.map(({ Id }) => Id),
  };
}

/** What SQS answers to a batch. */
interface BatchReply {
  readonly Successful?: readonly object[];
  readonly Failed?: readonly object[];
}

/**
 * Makes what lets entries of a batch fail: they are taken out of the request before it is carried out, and put into its
 * reply. It returns the reply if no entry is left, since SQS takes no empty batch.
 */
function letEntriesFail(app: App): (request: Request, failedIds: ReadonlySet<string>) => BatchReply | undefined {
  const failedOf = new WeakMap<Request, readonly object[]>();
  app.addHook('preSerialization', async (request, _, reply) => {
    const failed = failedOf.get(request);
    const { Successful, Failed = [] } = reply as BatchReply;
    // A batch that is refused as a whole has no list.
    return failed && Successful ? { Successful, Failed: [...Failed, ...failed] } : reply;
  });
  return (request, failedIds) => {
    if (failedIds.size === 0) return undefined;
    const body = request.body as SqsBody;
    const failed = [...failedIds].map((Id) => ({ Id, ...INTERNAL_ERROR }));
    body.Entries = body.Entries?.filter(({ Id }) => !failedIds.has(Id)) ?? [];
    if (body.Entries.length === 0) return { Successful: [], Failed: failed };
    failedOf.set(request, failed);
    return undefined;
  };
}

const JSON_OF_SQS = 'application/x-amz-json-1.0';
const UNAVAILABLE = JSON.stringify({ __type: 'com.amazonaws.sqs#ServiceUnavailable', message: 'A fault on purpose' });
const INTERNAL_ERROR = { SenderFault: false, Code: 'InternalError', Message: 'A fault on purpose' } as const;

/**
 * PutUsers of Amazon Personalize Events as an HTTP service on this machine.
 *
 * It takes what the AWS SDKs and the AWS CLI send, and answers as API_UBS_PutUsers.md says, in the restJson1 protocol.
 * What it holds can be looked into over HTTP as well: see `inspection.ts`.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededChance } from './chance.ts';
import { type Clock, systemClock } from './clock.ts';
import { checkLimits, type Limits } from './constraints.ts';
import { ServiceError } from './errors.ts';
import type { FaultSettings } from './faults.ts';
import { type HttpRequest, receive, sendInspectionReply, sendReply } from './http.ts';
import { INSPECTION_PREFIX, inspect } from './inspection.ts';
import type { Latency } from './latency.ts';
import { putUsers, type Reply } from './put-users.ts';
import { DEFAULT_QUOTA, type Quota, quotaPerGroup } from './quota.ts';
import { type Statistics, statisticsCounter } from './statistics.ts';
import { type DatasetStatus, datasetStore, type NewDataset, type OnStored, type StoredUser } from './store.ts';

/** How the service behaves. */
export interface PutUsersServiceOptions {
  /** The Users datasets that there are, at least one. A request for another is answered with a 404. */
  readonly datasets: readonly NewDataset[];
  /** Requests a second for each dataset group. @default 10 a second, 10 at once */
  readonly quota?: Quota;
  /** The most characters of a user's properties, as a string. @default 24,000 */
  readonly maxPropertiesLength?: number;
  /** How long a reply takes. @default no longer than it must */
  readonly latencyInMilliseconds?: Latency;
  /** Faults to commit. @default none */
  readonly faults?: Partial<FaultSettings>;
  /** Is told what each call has stored, in the order of the calls. @default nobody */
  readonly onStored?: OnStored | undefined;
  /** The TCP port on 127.0.0.1. @default any that is free */
  readonly port?: number;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

/** A running service. */
export interface PutUsersService {
  /** Where it listens, for instance `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** What a dataset holds, by userId: a live view. Throws a RangeError for a dataset that is not there. */
  users(datasetArn: string): ReadonlyMap<string, StoredUser>;
  /** Commits these faults from now on and no others. Throws a RangeError for settings that cannot be. */
  setFaults(faults: Partial<FaultSettings>): void;
  /** Says what a dataset is doing. Throws a RangeError for a dataset that is not there. */
  setStatus(datasetArn: string, status: DatasetStatus): void;
  /** What became of the calls up to now. */
  statistics(): Statistics;
  /** Breaks all connections and frees the port. Stopping twice does no harm. */
  stop(): Promise<void>;
}

/** Source: service model `personalize-events-2018-03-22`, `UserProperties`. */
const DEFAULT_MAX_PROPERTIES_LENGTH = 24_000;
const NO_LATENCY: Latency = { mean: 0, jitter: 0 };

/** Long, so that no client finds its idle connection closed at the moment that it writes to it. */
const KEEP_ALIVE_IN_MILLISECONDS = 65_000;

/**
 * Starts the service on 127.0.0.1.
 *
 *     const service = await startPutUsersService({ datasets: [{ arn, schema: readUsersSchema(text) }] });
 *     const client = new PersonalizeEventsClient({ endpoint: service.endpoint });
 *     …
 *     await service.stop();
 *
 * @throws RangeError for options that cannot be; the error of `node:net` when the port is taken
 */
export async function startPutUsersService(options: PutUsersServiceOptions): Promise<PutUsersService> {
  const clock = options.clock ?? systemClock;
  const store = datasetStore(options.datasets, options.onStored);
  const chance = seededChance(options.faults ?? {}, options.latencyInMilliseconds ?? NO_LATENCY);
  const { count, snapshot } = statisticsCounter();
  const limits: Limits = { maxPropertiesLength: options.maxPropertiesLength ?? DEFAULT_MAX_PROPERTIES_LENGTH };
  checkLimits(limits);
  const spendQuota = quotaPerGroup(options.quota ?? DEFAULT_QUOTA, store.arns, clock.now);
  const surroundings = { store, spendQuota, limits };
  const inspected = { store, statistics: snapshot, setFaults: chance.setFaults };
  const stopping = new AbortController();

  const answerCall = async (request: HttpRequest, response: ServerResponse) => {
    const { fault, delayInMilliseconds } = chance.draw();
    const reply: Reply = request.unreadable
      ? { kind: 'refused', error: request.unreadable }
      : putUsers(request, fault, surroundings);
    count(reply);
    if (delayInMilliseconds > 0) await clock.sleep(delayInMilliseconds, stopping.signal);
    sendReply(response, reply);
  };

  const answer = async (request: HttpRequest, response: ServerResponse) => {
    if (isPutUsers(request)) await answerCall(request, response);
    else if (isInspection(request)) sendInspectionReply(response, inspect(request, inspected));
    else sendReply(response, unknownOperation(request));
  };

  const server = createServer(async (incoming, response) => {
    try {
      await answer(await receive(incoming), response);
    } catch (error) {
      sendFailure(incoming, response, error);
    }
  });
  server.keepAliveTimeout = KEEP_ALIVE_IN_MILLISECONDS;
  await listen(server, options.port ?? 0);

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    users: (datasetArn) => store.get(datasetArn).users,
    setFaults: chance.setFaults,
    setStatus: store.setStatus,
    statistics: snapshot,
    stop: async () => {
      stopping.abort();
      await close(server);
    },
  };
}

function isPutUsers({ method, url }: HttpRequest): boolean {
  return method === 'POST' && url.pathname === '/users';
}

function isInspection({ url }: HttpRequest): boolean {
  return url.pathname.startsWith(INSPECTION_PREFIX);
}

function unknownOperation({ method, url }: HttpRequest): Reply {
  const message = `There is no operation ${method} ${url.pathname}`;
  return { kind: 'refused', error: new ServiceError('UnknownOperationException', message) };
}

/** For what should not happen. A client that has gone away, or was cut off by a stop, gets no reply. */
function sendFailure(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (request.socket.destroyed) return;
  sendReply(response, { kind: 'refused', error: new ServiceError('InternalFailure', String(error)) });
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * A way to look into the service and to steer it, for people at a terminal. It is no part of the AWS API, needs no
 * signature, and answers in JSON.
 *
 *     GET /_local/users?limit=100&offset=0   how many users the dataset holds, and a page of them
 *     GET /_local/users/{userId}             one user
 *     GET /_local/statistics                 what became of the calls
 *     PUT /_local/faults                     {"throttling": 0.1}: these faults and no others
 *     PUT /_local/status                     {"status": "UPDATING"}: what the dataset is doing
 *
 * `?datasetArn=` picks a dataset; without it the first one is meant.
 */
import type { FaultSettings } from './faults.ts';
import { isJsonObject, kindOf } from './json.ts';
import type { Statistics } from './statistics.ts';
import type { Dataset, DatasetStore } from './store.ts';

/** Every path of the inspection surface begins so. */
export const INSPECTION_PREFIX = '/_local/';

/** What is looked into and steered. */
export interface Inspected {
  readonly store: DatasetStore;
  statistics(): Statistics;
  /** Throws a RangeError for settings that cannot be. */
  setFaults(faults: unknown): FaultSettings;
}

/** A request whose path begins with `INSPECTION_PREFIX`. The body is read by PUT alone. */
export interface InspectionRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}

/** A reply; `body` is sent as JSON. */
export interface InspectionReply {
  readonly status: number;
  readonly body: unknown;
}

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;

/** Answers a request. An error is a body with a `message`, with status 400 or 404. */
export function inspect(request: InspectionRequest, inspected: Inspected): InspectionReply {
  try {
    return { status: 200, body: answer(request, inspected) };
  } catch (error) {
    if (error instanceof NotThere) return { status: 404, body: { message: error.message } };
    if (error instanceof RangeError) return { status: 400, body: { message: error.message } };
    throw error;
  }
}

class NotThere extends Error {}

function answer({ method, url, body }: InspectionRequest, inspected: Inspected): unknown {
  const [resource = '', ...rest] = url.pathname.slice(INSPECTION_PREFIX.length).split('/');
  switch (`${method} ${[resource, ...rest.map(() => '*')].join('/')}`) {
    case 'GET users':
      return pageOfUsers(pickDataset(url, inspected), url);
    case 'GET users/*':
      return oneUser(pickDataset(url, inspected), decode(rest[0] ?? ''));
    case 'GET statistics':
      return inspected.statistics();
    case 'PUT faults':
      return inspected.setFaults(parse(body));
    case 'PUT status':
      return setStatus(pickDataset(url, inspected), parse(body), inspected);
    default:
      throw new NotThere(`there is no ${method} ${url.pathname}`);
  }
}

function pickDataset(url: URL, { store }: Inspected): Dataset {
  const arn = url.searchParams.get('datasetArn') ?? store.arns[0] ?? '';
  const dataset = store.find(arn);
  if (dataset === undefined) throw new NotThere(`there is no dataset ${arn}; there is ${store.arns.join(', ')}`);
  return dataset;
}

function pageOfUsers({ arn, status, users }: Dataset, url: URL): unknown {
  const offset = readCount(url, 'offset', 0, Number.MAX_SAFE_INTEGER);
  const limit = readCount(url, 'limit', DEFAULT_PAGE, MAX_PAGE);
  const page = [...users.values()].slice(offset, offset + limit);
  return { datasetArn: arn, status, count: users.size, offset, users: page };
}

function oneUser({ arn, users }: Dataset, userId: string): unknown {
  const user = users.get(userId);
  if (user === undefined) throw new NotThere(`there is no user ${userId} in ${arn}`);
  return user;
}

function setStatus({ arn }: Dataset, body: unknown, { store }: Inspected): unknown {
  const status = isJsonObject(body) ? body.status : undefined;
  if (status !== 'ACTIVE' && status !== 'UPDATING') {
    throw new RangeError('the body must be {"status": "ACTIVE"} or {"status": "UPDATING"}');
  }
  store.setStatus(arn, status);
  return { datasetArn: arn, status };
}

function readCount(url: URL, name: string, whenAbsent: number, max: number): number {
  const text = url.searchParams.get(name);
  if (text === null) return whenAbsent;
  if (/^\d+$/.test(text) && Number(text) <= max) return Number(text);
  throw new RangeError(`${name} must be a whole number from 0 to ${max}, not ${text}`);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new RangeError(`the userId in the path is not percent-encoded as it must be: ${segment}`);
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new RangeError(`the body must be JSON, not ${body === '' ? kindOf(undefined) : body}`);
  }
}

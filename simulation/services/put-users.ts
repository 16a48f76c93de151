/** A model of PutUsers: its quota, what it refuses, what it stores. It answers as the service does over HTTP. */

import { type Rate, tokenBucket } from '../../local/put-users/token-bucket.ts';
import { type Faults, hash } from '../faults.ts';
import type { SimulatedResponse } from '../machine/platform.ts';

/** A user of a call. */
export interface PutUser {
  readonly userId: string;
  /** JSON. */
  readonly properties?: string;
}

/** What became of a call. */
export type CallOutcome =
  | { readonly kind: 'stored' }
  | { readonly kind: 'failed'; readonly code: string; readonly status: number };

export interface PutUsersOptions {
  readonly now: () => number;
  readonly faults: Faults;
  /** Of the dataset group, all its writers together. */
  readonly quota: Rate;
  readonly isRefused: (user: PutUser) => boolean;
}

export interface PutUsersService {
  /** Decides about a call and stores its users, if it does. */
  decide(users: readonly PutUser[], where: string): CallOutcome;
  /** Spends the quota as another writer does; false when there is nothing left. */
  callByAnother(): boolean;
}

/** Errors that pass. Source: PutUsers API reference, and the common errors. */
const PASSING = [
  ['ResourceInUseException', 409],
  ['RequestTimeoutException', 408],
  ['RequestAbortedException', 400],
  ['InternalFailure', 500],
  ['ServiceUnavailable', 503],
  ['SomethingNobodyHasHeardOf', 500],
] as const;
const DEPLOYMENT = [
  ['RequestExpired', 400],
  ['ExpiredTokenException', 403],
  ['AccessDeniedException', 400],
  ['NotAuthorized', 400],
  ['InvalidClientTokenId', 403],
  ['UnrecognizedClientException', 403],
  ['InvalidSignatureException', 403],
] as const;
const REFUSED = [
  ['ResourceNotFoundException', 404],
  ['MissingAuthenticationToken', 403],
  ['OptInRequired', 403],
  ['IncompleteSignature', 400],
  ['MalformedHttpRequestException', 400],
  ['UnknownOperationException', 404],
] as const;
const THROTTLED = [
  ['ThrottlingException', 400],
  ['TooManyRequestsException', 429],
] as const;
/** Of a user that it does not take. */
const BAD_USER = [
  ['InvalidInputException', 400],
  ['ValidationException', 400],
  ['ValidationError', 400],
  ['InvalidParameterValue', 400],
  ['InvalidParameterCombination', 400],
  ['MissingParameter', 400],
  ['RequestEntityTooLargeException', 413],
] as const;

/** The codes of those: whoever has one was called alone, at last. */
export const BAD_USER_CODES: ReadonlySet<string> = new Set(BAD_USER.map(([code]) => code));

/** The codes of refusals that say something of a user or of the request: whoever has one is not called again. */
export const REJECTION_CODES: ReadonlySet<string> = new Set([...REFUSED.map(([code]) => code), ...BAD_USER_CODES]);

export function createPutUsers({ now, faults, quota, isRefused }: PutUsersOptions): PutUsersService {
  const bucket = tokenBucket(quota, now);
  let downUntil = 0;

  return {
    callByAnother: () => bucket.tryTake(),
    decide(users, where) {
      const oneOf = (kind: Parameters<Faults['between']>[0], errors: readonly (readonly [string, number])[]) => {
        const [code, status] = errors[Math.floor(faults.between(kind, 0, errors.length))]!;
        return { kind: 'failed', code, status } as const;
      };
      if (faults.happens('putUsers.outage', where))
        downUntil = now() + faults.between('putUsers.outage', 10_000, 300_000);
      if (now() < downUntil && faults.rateOf('putUsers.outage') > 0)
        return { kind: 'failed', code: 'ServiceUnavailable', status: 503 };
      if (faults.happens('putUsers.throttled', where) || !bucket.tryTake())
        return oneOf('putUsers.throttled', THROTTLED);
      if (faults.happens('putUsers.passing', where)) return oneOf('putUsers.passing', PASSING);
      if (faults.happens('putUsers.deployment', where)) return oneOf('putUsers.deployment', DEPLOYMENT);
      if (faults.happens('putUsers.refused', where)) return oneOf('putUsers.refused', REFUSED);
      const bad = users.find(isRefused);
      if (bad) {
        // A user is refused in the same words each time.
        const [code, status] = BAD_USER[Math.abs(hash(bad.properties ?? '')) % BAD_USER.length]!;
        return { kind: 'failed', code, status };
      }
      return { kind: 'stored' };
    },
  };
}

/** An answer, as it comes over the wire. */
export function replyOf(outcome: CallOutcome, users: readonly PutUser[]): SimulatedResponse {
  if (outcome.kind === 'stored') return { statusCode: 200, headers: {}, body: '' };
  return {
    statusCode: outcome.status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': outcome.code },
    // The service quotes what it does not like.
    body: JSON.stringify({
      message: `${outcome.code}: ${users.map(({ userId, properties }) => `${userId} ${properties}`).join(', ')}`,
    }),
  };
}

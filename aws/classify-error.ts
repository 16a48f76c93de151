/** What an error of PutUsers means for the users of the call: the one table that decides it. */
import type { Reason } from '../contract/message/reason.ts';

/**
 * - `rejected`: it will fail again however often it is sent. `scope` says whether one of the users is at fault, so that
 *   splitting the group finds it, or the request as a whole.
 * - `transient`: it passes. `cause` says what would help: fewer calls (`throttled`), another attempt soon (`passing`),
 *   or nothing that this invocation can do (`deployment`).
 */
export type Classification =
  | { readonly kind: 'rejected'; readonly scope: 'user' | 'request'; readonly reason: Reason }
  | { readonly kind: 'transient'; readonly cause: TransientCause; readonly reason: Reason };

export type TransientCause = 'throttled' | 'passing' | 'deployment';

/** Errors that pass, by name. The name decides before the status: a ThrottlingException is a 400. */
const TRANSIENT_BY_NAME: Readonly<Record<string, TransientCause>> = {
  ThrottlingException: 'throttled',
  Throttling: 'throttled',
  ThrottledException: 'throttled',
  RequestThrottled: 'throttled',
  RequestThrottledException: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  SlowDown: 'throttled',

  ResourceInUseException: 'passing',
  RequestTimeout: 'passing',
  RequestTimeoutException: 'passing',
  RequestAbortedException: 'passing',
  InternalFailure: 'passing',
  InternalServerError: 'passing',
  InternalServerException: 'passing',
  ServiceUnavailable: 'passing',
  ServiceUnavailableException: 'passing',

  // A clock that is off, credentials that have just expired, a role or key that is not known everywhere yet.
  RequestExpired: 'deployment',
  RequestTimeTooSkewed: 'deployment',
  InvalidSignatureException: 'deployment',
  SignatureDoesNotMatch: 'deployment',
  ExpiredToken: 'deployment',
  ExpiredTokenException: 'deployment',
  CredentialsProviderError: 'deployment',
  InvalidClientTokenId: 'deployment',
  UnrecognizedClientException: 'deployment',
  AccessDenied: 'deployment',
  AccessDeniedException: 'deployment',
  NotAuthorized: 'deployment',
  UnauthorizedException: 'deployment',
};

/**
 * Refusals with a status of 400 that no other choice of users would change: splitting the group would only spend calls.
 * A missing dataset (404) or signature (403) is told by its status.
 */
const REJECTED_REQUEST_BY_NAME: ReadonlySet<string> = new Set([
  'IncompleteSignature',
  'IncompleteSignatureException',
  'MalformedHttpRequestException',
]);

/** Statuses of 400 to 499 that pass, whatever the error is called. */
const TRANSIENT_BY_STATUS: Readonly<Record<number, TransientCause>> = {
  408: 'passing',
  409: 'passing',
  425: 'passing',
  429: 'throttled',
};

/** Statuses that speak of what the request carries; any other of 400 to 499 speaks of the request. */
const USER_STATUSES: ReadonlySet<number> = new Set([400, 413, 422]);

/** The name that a reply gets which is no answer of the service, such as a proxy's HTML page. */
export const UNREADABLE_REPLY = 'UnreadableReply';

/**
 * Classifies whatever a PutUsers call threw. Whatever is unknown is transient: retrying loses nothing.
 */
export function classify(error: unknown): Classification {
  const { reason, status, readable } = inspect(error);
  const byName = Object.hasOwn(TRANSIENT_BY_NAME, reason.code) && TRANSIENT_BY_NAME[reason.code];
  if (byName) return { kind: 'transient', cause: byName, reason };
  if (REJECTED_REQUEST_BY_NAME.has(reason.code)) return { kind: 'rejected', scope: 'request', reason };

  if (!readable || status === undefined || status < 400 || status >= 500) {
    return { kind: 'transient', cause: 'passing', reason };
  }
  const byStatus = TRANSIENT_BY_STATUS[status];
  if (byStatus) return { kind: 'transient', cause: byStatus, reason };
  return { kind: 'rejected', scope: USER_STATUSES.has(status) ? 'user' : 'request', reason };
}

interface Inspected {
  readonly reason: Reason;
  readonly status: number | undefined;
  readonly readable: boolean;
}

function inspect(error: unknown): Inspected {
  const { name, message, code, $metadata } = (error ?? {}) as {
    name?: unknown;
    message?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  // The SDK parses before it looks at the status, so a body that is not JSON surfaces as the parser's error. An answer
  // without the name of an error surfaces as `Unknown`.
  if (status !== undefined && (name === 'SyntaxError' || name === 'Unknown')) {
    return {
      reason: { code: UNREADABLE_REPLY, message: `HTTP ${status} with a body that is not the service's` },
      status,
      readable: false,
    };
  }
  return {
    reason: { code: nameOf(name, code), message: typeof message === 'string' ? message : describeThrown(error) },
    status,
    readable: true,
  };
}

/** An object need not turn into a string: one without a prototype throws. */
function describeThrown(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null ? 'an object without a message was thrown' : String(thrown);
}

function nameOf(name: unknown, code: unknown): string {
  if (typeof name === 'string' && name !== 'Error' && name !== '') return name;
  return typeof code === 'string' && code !== '' ? code : 'UnknownError';
}

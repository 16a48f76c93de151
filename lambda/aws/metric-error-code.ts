/** The names of errors that have a line of their own on a graph. */

import { UNREADABLE_REPLY } from '../../aws/classify-error.ts';
import { CONTRACT_VIOLATION, SCHEMA_MISMATCH } from '../../contract/message/read-message.ts';
import { DEADLINE_EXCEEDED } from '../core/call-group.ts';
import { INTERNAL_ERROR } from '../core/defects.ts';
import { ORDER_TABLE_UNAVAILABLE, USER_BEING_UPDATED } from '../core/order/lease.ts';

/** The value of every name that is not on the list. The logs have the name. */
export const OTHER_ERROR_CODE = 'Other';

/**
 * What users are dead-lettered for. It is a list, because CloudWatch bills each value of a dimension as a metric, and the
 * name of an error comes from whoever answered, which may be a proxy. Sources: PutUsers API reference and common errors;
 * the rest is ours and Node's.
 */
const KNOWN: ReadonlySet<string> = new Set([
  CONTRACT_VIOLATION,
  SCHEMA_MISMATCH,
  INTERNAL_ERROR,

  'InvalidInputException',
  'InvalidParameterCombination',
  'InvalidParameterValue',
  'MissingParameter',
  'OptInRequired',
  'ResourceNotFoundException',
  'ValidationError',
  'ValidationException',

  'AccessDenied',
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'NotAuthorized',
  'RequestExpired',
  'UnrecognizedClientException',

  'InternalFailure',
  'InternalServerException',
  'ResourceInUseException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'ThrottlingException',
  'TooManyRequestsException',

  DEADLINE_EXCEEDED,
  ORDER_TABLE_UNAVAILABLE,
  USER_BEING_UPDATED,
  UNREADABLE_REPLY,
  'AbortError',
  'TimeoutError',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
]);

/** A dimension's value for an error's name: the name itself, or `Other`. There are as many values as the list is long. */
export function metricErrorCode(name: string): string {
  return KNOWN.has(name) ? name : OTHER_ERROR_CODE;
}

/** The names of errors that have a line of their own on a graph. */

/** The value of every name that is not on the list. The logs have the name. */
export const OTHER_ERROR_CODE = 'Other';

/**
 * What users are dead-lettered for. It is a list, because CloudWatch bills each value of a dimension as a metric, and the
 * name of an error comes from whoever answered, which may be a proxy. Sources: PutUsers API reference and common errors;
 * the rest is ours and Node's.
 */
const KNOWN: ReadonlySet<string> = new Set([
  'MessageContractViolation',
  'SchemaMismatch',
  'InternalError',

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

  'DeadlineExceeded',
  'OrderTableUnavailable',
  'UserBeingUpdated',
  'UnreadableReply',
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

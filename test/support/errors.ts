/** Errors as the SDK throws them; `test/aws/classify-error.test.ts` shows over HTTP that it does. */
export function serviceError(name: string, httpStatusCode: number, message = name): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

export const INVALID_INPUT = () => serviceError('InvalidInputException', 400);
export const THROTTLED = () => serviceError('ThrottlingException', 400);
export const INTERNAL_FAILURE = () => serviceError('InternalFailure', 500);
export const NOT_FOUND = () => serviceError('ResourceNotFoundException', 404);

/** Every error of the API reference, and the common ones around it, as they come over the wire. */
export const SERVICE_ERRORS: readonly [name: string, status: number, verdict: string][] = [
  ['InvalidInputException', 400, 'rejected user'],
  ['ValidationException', 400, 'rejected user'],
  ['ValidationError', 400, 'rejected user'],
  ['InvalidParameterValue', 400, 'rejected user'],
  ['InvalidParameterCombination', 400, 'rejected user'],
  ['MissingParameter', 400, 'rejected user'],
  ['SerializationException', 400, 'rejected user'],
  ['SomethingNobodyHasHeardOf', 400, 'rejected user'],
  ['RequestEntityTooLargeException', 413, 'rejected user'],
  ['ResourceNotFoundException', 404, 'rejected request'],
  ['UnknownOperationException', 404, 'rejected request'],
  ['MissingAuthenticationToken', 403, 'rejected request'],
  ['MissingAuthenticationTokenException', 403, 'rejected request'],
  ['OptInRequired', 403, 'rejected request'],
  ['IncompleteSignature', 400, 'rejected request'],
  ['IncompleteSignatureException', 400, 'rejected request'],
  ['MalformedHttpRequestException', 400, 'rejected request'],
  ['SomethingNobodyHasHeardOf', 403, 'rejected request'],
  ['ThrottlingException', 400, 'transient throttled'],
  ['TooManyRequestsException', 429, 'transient throttled'],
  ['SomethingNobodyHasHeardOf', 429, 'transient throttled'],
  ['ResourceInUseException', 409, 'transient passing'],
  ['RequestTimeoutException', 408, 'transient passing'],
  ['SomethingNobodyHasHeardOf', 408, 'transient passing'],
  ['InternalFailure', 500, 'transient passing'],
  ['ServiceUnavailable', 503, 'transient passing'],
  ['SomethingNobodyHasHeardOf', 500, 'transient passing'],
  ['RequestExpired', 400, 'transient deployment'],
  ['ExpiredTokenException', 403, 'transient deployment'],
  ['AccessDeniedException', 400, 'transient deployment'],
  ['NotAuthorized', 400, 'transient deployment'],
  ['InvalidClientTokenId', 403, 'transient deployment'],
  ['UnrecognizedClientException', 403, 'transient deployment'],
  ['InvalidSignatureException', 403, 'transient deployment'],
];

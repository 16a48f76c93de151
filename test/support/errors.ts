/** Errors as the SDK throws them; `test/lambda/core/classify.test.ts` shows over HTTP that it does. */
export function serviceError(name: string, httpStatusCode: number, message = name): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

export const INVALID_INPUT = () => serviceError('InvalidInputException', 400);
export const THROTTLED = () => serviceError('ThrottlingException', 400);
export const INTERNAL_FAILURE = () => serviceError('InternalFailure', 500);
export const NOT_FOUND = () => serviceError('ResourceNotFoundException', 404);

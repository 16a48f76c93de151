import { expect, test } from '@jest/globals';
import { metricErrorCode } from '../../../lambda/aws/metric-error-code.ts';

test.each([
  ['ours', ['MessageContractViolation', 'DeadlineExceeded', 'UnreadableReply']],
  [
    'of PutUsers',
    [
      'InternalServerException',
      'InvalidInputException',
      'ResourceInUseException',
      'ResourceNotFoundException',
      'ThrottlingException',
      'TooManyRequestsException',
      'ValidationException',
    ],
  ],
  [
    'common to AWS',
    [
      'AccessDenied',
      'AccessDeniedException',
      'ExpiredTokenException',
      'InternalFailure',
      'InvalidClientTokenId',
      'InvalidParameterCombination',
      'InvalidParameterValue',
      'InvalidSignatureException',
      'MissingParameter',
      'NotAuthorized',
      'OptInRequired',
      'RequestExpired',
      'ServiceUnavailable',
      'ServiceUnavailableException',
      'UnrecognizedClientException',
      'ValidationError',
    ],
  ],
  [
    "of the SDK's and Node's",
    [
      'AbortError',
      'CredentialsProviderError',
      'EAI_AGAIN',
      'ECONNREFUSED',
      'ECONNRESET',
      'ENOTFOUND',
      'ETIMEDOUT',
      'TimeoutError',
    ],
  ],
])('a name that is %s has a line of its own', (_, names) => {
  expect(names.map(metricErrorCode)).toEqual(names);
});

test.each(['', 'constructor', 'SomethingNobodyHasHeardOf', 'validationexception'])('the name %j has none', (name) => {
  expect(metricErrorCode(name)).toBe('Other');
});

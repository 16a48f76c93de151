import { describe, expect, test } from '@jest/globals';
import { checkSignature } from '../../../local/put-users/signature.ts';
import { AUTHORIZATION, thrownBy } from './support.ts';

describe('a signature', () => {
  test('for personalize passes', () => {
    expect(() => checkSignature(AUTHORIZATION)).not.toThrow();
  });

  test('passes without blanks after its commas', () => {
    expect(() => checkSignature(AUTHORIZATION.replaceAll(', ', ','))).not.toThrow();
  });

  test.each([
    ['that is not there', undefined, 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
    ['of another scheme', 'Bearer x', 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
    [
      'without credential',
      AUTHORIZATION.replace('Credential=', 'Credentials='),
      'IncompleteSignatureException',
      "Authorization header requires 'Credential' parameter.",
    ],
    [
      'without signed headers',
      AUTHORIZATION.replace('SignedHeaders=', 'Headers='),
      'IncompleteSignatureException',
      "Authorization header requires 'SignedHeaders' parameter.",
    ],
    [
      'without the signature proper',
      AUTHORIZATION.replace(/Signature=.*/, 'Signature='),
      'IncompleteSignatureException',
      "Authorization header requires 'Signature' parameter.",
    ],
    [
      'for another service',
      AUTHORIZATION.replace('/personalize/', '/personalize-events/'),
      'InvalidSignatureException',
      "Credential should be scoped to correct service: 'personalize'.",
    ],
    [
      'with another terminator',
      AUTHORIZATION.replace('aws4_request', 'aws3_request'),
      'InvalidSignatureException',
      "Credential should be scoped with a valid terminator: 'aws4_request'.",
    ],
  ])('%s is refused with a 403', (_, authorization, name, message) => {
    expect(thrownBy(() => checkSignature(authorization))).toMatchObject({ name, status: 403, message });
  });
});

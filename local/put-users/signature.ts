import { ServiceError } from './errors.ts';

/** The name that a request for PutUsers must be signed for (service model `personalize-events-2018-03-22`). */
const SIGNING_NAME = 'personalize';

/**
 * Refuses a request that carries no SigV4 signature, or one made for another service.
 *
 * Whether the signature is right cannot be told here: nobody gave the local service a secret key.
 *
 * @param authorization the request's `Authorization` header
 * @throws ServiceError MissingAuthenticationTokenException, IncompleteSignatureException or InvalidSignatureException
 */
export function checkSignature(authorization: string | undefined): void {
  if (!authorization?.startsWith('AWS4-HMAC-SHA256 ')) {
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const parts = signatureParts(authorization);
  for (const name of ['Credential', 'SignedHeaders', 'Signature']) {
    if (!parts.get(name)) {
      throw new ServiceError('IncompleteSignatureException', `Authorization header requires '${name}' parameter.`);
    }
  }
  checkCredentialScope(parts.get('Credential') ?? '');
}

/** `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`, taken apart. */
function signatureParts(authorization: string): ReadonlyMap<string, string> {
  const parameters = authorization.slice(authorization.indexOf(' ') + 1).split(',');
  return new Map(
    parameters.map((parameter) => {
      const [name = '', ...value] = parameter.trim().split('=');
      return [name, value.join('=')];
    }),
  );
}

/** A credential is `KEY/20261123/eu-central-1/personalize/aws4_request`. */
function checkCredentialScope(credential: string): void {
  const [service, terminator] = credential.split('/').slice(-2);
  if (service !== SIGNING_NAME) {
    throw new ServiceError(
      'InvalidSignatureException',
      `Credential should be scoped to correct service: '${SIGNING_NAME}'.`,
    );
  }
  if (terminator !== 'aws4_request') {
    throw new ServiceError(
      'InvalidSignatureException',
      "Credential should be scoped with a valid terminator: 'aws4_request'.",
    );
  }
}

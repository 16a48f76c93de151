/** What an error of an AWS client means for whoever typed the command, and what to do about it. */
import { types } from 'node:util';
import { ProxyError } from '../../aws/connections/proxies.ts';
import { type AwsCall, callOf } from './calls.ts';

/** A sentence that says what is wrong, and one that says what to do. */
export interface Explanation {
  readonly message: string;
  readonly hint: string | undefined;
}

interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly call: AwsCall | undefined;
}

/**
 * Explains what an AWS client threw.
 *
 * @returns undefined for an error that is none of an AWS client, of credentials or of the network
 */
export function explainAwsError(error: unknown): Explanation | undefined {
  if (!types.isNativeError(error)) return undefined;
  const thrown = inspect(error);
  for (const explain of EXPLANATIONS) {
    const explanation = explain(thrown);
    if (explanation) return explanation;
  }
  return undefined;
}

/** The first that knows the error explains it. */
const EXPLANATIONS: readonly ((thrown: Thrown) => Explanation | undefined)[] = [
  explainProxy,
  explainCertificate,
  explainMissingRegion,
  explainMissingCredentials,
  explainExpiredCredentials,
  explainRefusedCredentials,
  explainDeniedKey,
  explainDeniedAccess,
  explainMissingQueue,
  explainThrottling,
  explainSetting,
  explainNetwork,
  explainUnreadableAnswer,
  explainOtherAnswer,
];

/** See aws/connections/proxies.ts. Its message names the proxy. */
function explainProxy({ name, message, code }: Thrown): Explanation | undefined {
  if (name !== 'ProxyError' || isCertificateCode(code)) return undefined;
  const hint = / 407 |: 407/.test(message)
    ? 'It takes a user and a password: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT.'
    : 'Check HTTPS_PROXY. Hosts in NO_PROXY, with commas between, are asked without a proxy.';
  return { message: sentence(message.charAt(0).toUpperCase() + message.slice(1)), hint };
}

/** Source: Node.js documentation, TLS, X509 certificate error codes. */
function isCertificateCode(code: string | undefined): boolean {
  return code !== undefined && /CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER/.test(code);
}

/** A proxy that looks into what passes shows a certificate of its own. */
function explainCertificate({ code, message }: Thrown): Explanation | undefined {
  if (!isCertificateCode(code)) return undefined;
  return {
    message: `The certificate is not trusted: ${sentence(message)}`,
    hint: 'If it is that of a proxy of your organization, put the file of its authority into AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS.',
  };
}

/** What is thrown before anything is sent. */
function explainSetting({ name, message, code, status, call }: Thrown): Explanation | undefined {
  if (name === 'CertificateBundleError') return { message: sentence(message), hint: undefined };
  const isSetting =
    name === 'EndpointError' || /^Invalid (parameter|Configuration)\b/.test(message) || code === 'ERR_INVALID_URL';
  if (!isSetting || status !== undefined || !call) return undefined;
  return {
    message: `A setting of AWS cannot be used: ${sentence(message)}`,
    hint: 'Check the AWS_... environment variables, AWS_ENDPOINT_URL... first, and the profile (aws configure list).',
  };
}

function explainMissingRegion({ message }: Thrown): Explanation | undefined {
  if (!/^Region is missing/.test(message)) return undefined;
  return {
    message: 'No AWS region is set.',
    hint: 'Give --region, or set AWS_REGION, or a region in the profile (aws configure).',
  };
}

function explainMissingCredentials({ name, message }: Thrown): Explanation | undefined {
  if (name !== 'CredentialsProviderError' && name !== 'TokenProviderError') return undefined;
  if (/expired/i.test(message)) return expired(message);
  return {
    message: `There are no AWS credentials: ${sentence(message)}`,
    hint: 'Set a profile with --profile or AWS_PROFILE (aws sso login, aws configure), or run against --local.',
  };
}

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired']);

function explainExpiredCredentials({ name, message }: Thrown): Explanation | undefined {
  return EXPIRED.has(name) ? expired(message) : undefined;
}

function expired(message: string): Explanation {
  return {
    message: `The AWS credentials have expired: ${sentence(message)}`,
    hint: 'Sign in again (aws sso login), or get new ones.',
  };
}

const REFUSED = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'AuthFailure',
]);

function explainRefusedCredentials({ name, message }: Thrown): Explanation | undefined {
  if (!REFUSED.has(name)) return undefined;
  return {
    message: `AWS does not accept the credentials: ${sentence(message)}`,
    hint: "Check --profile and the AWS_... environment variables, and that this machine's clock is right.",
  };
}

/** Source: SQS developer guide, key management: a queue with a key of one's own needs it to be used. */
function explainDeniedKey({ name, message, call }: Thrown): Explanation | undefined {
  if (!/^kms.*accessdenied/i.test(name.replaceAll('.', ''))) return undefined;
  const about = call?.resource ? ` of ${call.resource}` : '';
  return {
    message: `No permission to use the KMS key${about}: ${sentence(message)}`,
    hint: 'Allow kms:Decrypt and kms:GenerateDataKey on the key (docs/security.md).',
  };
}

const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'NotAuthorized',
  'UnauthorizedOperation',
]);

/** Whether a call was refused for want of a permission, of a key included. */
export function isDenied(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const { name } = inspect(error);
  return DENIED.has(name) || /^kms.*accessdenied/i.test(name.replaceAll('.', ''));
}

function explainDeniedAccess({ name, message, call }: Thrown): Explanation | undefined {
  if (!DENIED.has(name)) return undefined;
  const said = readDenial(message);
  const action = call?.action ?? said.action ?? 'the call';
  const resource = said.resource ?? call?.resource;
  const who = said.who ? ` ${said.who}` : '';
  return {
    message: `No permission for ${action}${resource ? ` on ${resource}` : ''}.`,
    hint: `Allow it to${who || ' whose credentials these are'}, or use others (--profile). AWS said: ${sentence(message)}`,
  };
}

/** Such as `User: arn:... is not authorized to perform: sqs:receivemessage on resource: arn:... because no ...`. */
function readDenial(message: string): { who?: string; action?: string; resource?: string } {
  const [, who] = /User: (\S+) is not authorized/.exec(message) ?? [];
  const [, action] = /to perform: ([\w-]+:\w+)/.exec(message) ?? [];
  const [, resource] = /on resource: (\S+)/.exec(message) ?? [];
  return { ...(who && { who }), ...(action && { action }), ...(resource && { resource }) };
}

function explainMissingQueue({ name, call }: Thrown): Explanation | undefined {
  if (name !== 'QueueDoesNotExist' && !/NonExistentQueue/.test(name)) return undefined;
  return {
    message: `The queue ${call?.resource ?? ''} does not exist.`.replace('  ', ' '),
    hint: 'Was the stack deleted, or replaced a moment ago? A queue that was just made takes up to a minute to be known.',
  };
}

const THROTTLED = /thrott|TooManyRequests|RequestLimitExceeded|OverLimit/i;

function explainThrottling({ name, message, call }: Thrown): Explanation | undefined {
  if (!THROTTLED.test(name)) return undefined;
  return {
    message: `AWS throttles ${call?.action ?? 'the calls'}: ${sentence(message)}`,
    hint: 'Try again in a while.',
  };
}

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function explainNetwork({ name, code, message, status, call }: Thrown): Explanation | undefined {
  const isNetwork = (code !== undefined && NETWORK.has(code)) || (name === 'TimeoutError' && status === undefined);
  if (!isNetwork) return undefined;
  return {
    message: `${call ? `${call.action} got no answer` : 'There is no answer'}: ${sentence(message || code || name)}`,
    hint: 'Check the network, the region, and AWS_ENDPOINT_URL... and HTTPS_PROXY if they are set.',
  };
}

/** The SDK parses before it looks at the status, so a page of HTML surfaces as the parser's error. */
function explainUnreadableAnswer({ name, status, call }: Thrown): Explanation | undefined {
  if (name !== 'SyntaxError' || status === undefined) return undefined;
  return {
    message: `${call?.action ?? 'AWS'} got an answer that is none of AWS, with HTTP status ${status}.`,
    hint: 'Check whether a proxy is between, and AWS_ENDPOINT_URL... if one is set.',
  };
}

/** Whatever else a service answered: its own words are the best there is. */
function explainOtherAnswer({ name, message, status, call }: Thrown): Explanation | undefined {
  if (status === undefined) return undefined;
  return { message: `${call?.action ?? 'AWS'} failed: ${name}: ${sentence(message)}`, hint: undefined };
}

interface SdkError extends Error {
  readonly code?: unknown;
  readonly errors?: readonly Error[];
  readonly $metadata?: { readonly httpStatusCode?: number };
}

function inspect(error: Error): Thrown {
  const { code, $metadata, errors } = error as SdkError;
  return {
    // The SDK renames errors of some codes.
    name: error instanceof ProxyError ? 'ProxyError' : error.name,
    // Of an address for each IP version that was tried, as for localhost.
    message: error.message || (errors?.[0]?.message ?? ''),
    code: typeof code === 'string' ? code : undefined,
    status: $metadata?.httpStatusCode,
    call: callOf(error),
  };
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

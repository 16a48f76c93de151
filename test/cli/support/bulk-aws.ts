/** A server for the operations of Personalize, S3 and IAM that a bulk import calls. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';

/** What an operation is answered with: a document of Personalize, XML of S3 and IAM, or an error. */
export type BulkAnswer =
  | { readonly output: unknown }
  | { readonly xml: string }
  | { readonly error: string; readonly message?: string; readonly status?: number }
  /** None, and the connection stays open. */
  | { readonly never: true };

/** A call that was made. */
export interface BulkCall {
  /** As the API names it, such as `PutObject`. */
  readonly operation: string;
  /** The JSON of Personalize, the parameters of IAM, the path of S3. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export interface BulkAws extends Pick<ScriptedServer, 'endpoint' | 'stop'> {
  /** The calls of an operation so far, in their order. */
  callsOf(operation: string): readonly BulkCall[];
  /** Every operation that was called, in order. */
  operations(): readonly string[];
}

export type BulkAnswers = Readonly<Record<string, (call: BulkCall) => BulkAnswer>>;

/** Answers by the script; what it has nothing for fails as unknown. */
export async function startBulkAws(answers: BulkAnswers): Promise<BulkAws> {
  const calls: BulkCall[] = [];
  const server = await startScriptedServer((request, response, body) => {
    const call = callOf(request, body);
    calls.push(call);
    const answer = answers[call.operation]?.(call) ?? { error: 'UnknownOperationException' };
    send(response, answer, request.headers['x-amz-target'] !== undefined);
  });
  return {
    endpoint: server.endpoint,
    stop: server.stop,
    callsOf: (operation) => calls.filter((call) => call.operation === operation),
    operations: () => calls.map(({ operation }) => operation),
  };
}

function callOf({ headers, method = '', url = '/' }: IncomingMessage, body: string): BulkCall {
  const target = headers['x-amz-target'];
  if (target !== undefined) {
    return { operation: String(target).split('.').at(-1)!, input: JSON.parse(body), body };
  }
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  if (pathname === '/' && method === 'POST') {
    const input = Object.fromEntries(new URLSearchParams(body));
    return { operation: String(input.Action), input, body };
  }
  const found = S3_OPERATIONS.find(([verb, query]) => verb === method && (query === '' || searchParams.has(query)));
  return { operation: found?.[2] ?? `${method} ${url}`, input: { path: pathname }, body };
}

/** By method and what the query has; the first that fits. Source: S3 API reference, request syntax. */
const S3_OPERATIONS: readonly (readonly [string, string, string])[] = [
  ['GET', 'location', 'GetBucketLocation'],
  ['GET', 'policy', 'GetBucketPolicy'],
  ['GET', 'encryption', 'GetBucketEncryption'],
  ['POST', 'uploads', 'CreateMultipartUpload'],
  ['PUT', 'partNumber', 'UploadPart'],
  ['POST', 'uploadId', 'CompleteMultipartUpload'],
  ['DELETE', 'uploadId', 'AbortMultipartUpload'],
  ['PUT', '', 'PutObject'],
];

function send(response: ServerResponse, answer: BulkAnswer, isJson: boolean): void {
  if ('never' in answer) return;
  response.setHeader('content-type', isJson ? 'application/x-amz-json-1.1' : 'application/xml');
  if ('output' in answer) return void response.end(JSON.stringify(answer.output));
  if ('xml' in answer) {
    response.setHeader('etag', '"etag"');
    return void response.end(answer.xml);
  }
  const { error, message = error, status = 400 } = answer;
  response.statusCode = status;
  response.end(
    isJson
      ? JSON.stringify({ __type: error, message })
      : `<ErrorResponse><Error><Code>${error}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  );
}

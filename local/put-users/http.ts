/** Requests and replies as HTTP has them: restJson1 for PutUsers, plain JSON for the inspection surface. */
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError } from './errors.ts';
import type { InspectionReply } from './inspection.ts';
import type { Reply } from './put-users.ts';

/** A request that has arrived whole. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  /** Empty if it cannot be read. */
  readonly body: string;
  /** Why the body cannot be read, if so. */
  readonly unreadable?: ServiceError;
}

/**
 * The largest body, in bytes. Amazon says none; the largest good request has some 1 MB, or 3 MB if
 * every character is escaped, unless the limit on properties is set higher. It keeps a request from taking all memory.
 */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Waits for the whole of a request. Rejects when the client goes away before that. */
export async function receive(request: IncomingMessage): Promise<HttpRequest> {
  return {
    method: request.method ?? '',
    url: urlOf(request.url ?? '/'),
    authorization: request.headers.authorization,
    ...decode(await readBody(request)),
  };
}

/** Whatever stands in the request line. What is no URL becomes a path that nothing is at. */
function urlOf(target: string): URL {
  // Not relative to a base: `//users` would name a host.
  const url = target.startsWith('/') ? `http://localhost${target}` : target;
  return URL.canParse(url) ? new URL(url) : new URL(`http://localhost/${encodeURIComponent(target)}`);
}

/** Reads to the end, so that the client gets to reading the reply; undefined for more than {@link MAX_BODY_BYTES}. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

function decode(bytes: Buffer | undefined): Pick<HttpRequest, 'body' | 'unreadable'> {
  if (bytes === undefined) {
    const message = `The request body must have at most ${MAX_BODY_BYTES} bytes`;
    return { body: '', unreadable: new ServiceError('RequestEntityTooLargeException', message) };
  }
  if (!isUtf8(bytes)) {
    return { body: '', unreadable: new ServiceError('SerializationException', 'The request body is not valid UTF-8') };
  }
  return { body: bytes.toString() };
}

/** Sends the reply to a PutUsers call, or breaks the connection when that is the reply. */
export function sendReply(response: ServerResponse, reply: Reply): void {
  switch (reply.kind) {
    case 'accepted':
      send(response, 200, awsHeaders(), '');
      return;
    case 'refused':
      sendError(response, reply.error);
      return;
    case 'badGateway':
      send(response, 502, { 'content-type': 'text/html' }, BAD_GATEWAY_PAGE);
      return;
    case 'dropped':
      response.destroy();
      return;
  }
}

/** Sends a reply of the inspection surface, indented for people. */
export function sendInspectionReply(response: ServerResponse, { status, body }: InspectionReply): void {
  send(response, status, { 'content-type': 'application/json' }, `${JSON.stringify(body, undefined, 2)}\n`);
}

/** What a load balancer sends when it gets no reply from the service: no AWS header, no JSON. */
const BAD_GATEWAY_PAGE = `<html>
<head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center></body>
</html>
`;

function sendError(response: ServerResponse, { name, status, message }: ServiceError): void {
  send(response, status, { ...awsHeaders(), 'x-amzn-errortype': name }, JSON.stringify({ message }));
}

function send(response: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

function awsHeaders(): Record<string, string> {
  return { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() };
}

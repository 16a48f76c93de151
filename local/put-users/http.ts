/** Requests and replies as HTTP has them: restJson1 for PutUsers, plain JSON for the inspection surface. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ServiceError } from './errors.ts';
import type { InspectionReply } from './inspection.ts';
import type { Reply } from './put-users.ts';

/** A request that has arrived whole. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** Waits for the whole of a request. Rejects when the client goes away before that. */
export async function receive(request: IncomingMessage): Promise<HttpRequest> {
  return {
    method: request.method ?? '',
    url: new URL(request.url ?? '/', 'http://localhost'),
    authorization: request.headers.authorization,
    body: await text(request),
  };
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

/**
 * Lambda's Runtime API over HTTP, for one execution environment: the runtime asks for its next invocation and posts
 * what became of it.
 * Source: Lambda developer guide, "Using the Lambda runtime API for custom runtimes".
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { MAX_RESPONSE_BYTES } from './limits.ts';
import { parseRuntimeError, type RuntimeError } from './runtime-error.ts';
import { routeOf } from './runtime-route.ts';

/** An invocation as the runtime is given it. */
export interface Invocation {
  readonly requestId: string;
  /** The event, as JSON. */
  readonly payload: string;
  /** When the invocation is cut off, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly functionArn: string;
}

/** What the runtime posted about an invocation. */
export type RuntimeReply =
  | { readonly kind: 'response'; readonly payload: string }
  | { readonly kind: 'error'; readonly error: RuntimeError };

export interface RuntimeApi {
  /** Host and port, as `AWS_LAMBDA_RUNTIME_API` has them. */
  readonly address: string;
  /** Resolves if the runtime reports that it could not initialise. */
  readonly initError: Promise<RuntimeError>;
  /** Resolves when the runtime waits for an invocation, at once if it does already. */
  whenWaiting(): Promise<void>;
  /** Hands an invocation to the runtime once it waits for one. A runtime that dies never replies. */
  deliver(invocation: Invocation): Promise<RuntimeReply>;
  /** Closes all connections. */
  stop(): Promise<void>;
}

/** Starts a Runtime API on a port of its own at 127.0.0.1. */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  const initError = Promise.withResolvers<RuntimeError>();
  let next = Promise.withResolvers<ServerResponse>();
  let current: CurrentInvocation | undefined;

  const settle = (requestId: string, reply: RuntimeReply): Answer => {
    if (current?.requestId !== requestId) return UNKNOWN_REQUEST;
    current.resolve(reply);
    current = undefined;
    return ACCEPTED;
  };

  const server = createServer(async (request, response) => {
    const route = routeOf(request.method, request.url);
    if (route.kind === 'next') {
      next.resolve(response);
      return;
    }
    const body = await text(request).catch(() => undefined);
    // The runtime died while it was posting.
    if (body === undefined) return;
    switch (route.kind) {
      case 'initError':
        initError.resolve(parseRuntimeError(body));
        return answer(response, ACCEPTED);
      case 'error':
        return answer(response, settle(route.requestId, { kind: 'error', error: parseRuntimeError(body) }));
      case 'response': {
        const excess = checkSize(body);
        if (!excess) return answer(response, settle(route.requestId, { kind: 'response', payload: body }));
        settle(route.requestId, { kind: 'error', error: excess });
        return answer(response, TOO_LARGE);
      }
      default:
        return answer(response, NOT_FOUND);
    }
  });
  const address = await listen(server);

  return {
    address,
    initError: initError.promise,
    whenWaiting: async () => {
      await next.promise;
    },
    deliver: async (invocation) => {
      const waiting = await next.promise;
      next = Promise.withResolvers();
      const { promise, resolve } = Promise.withResolvers<RuntimeReply>();
      current = { requestId: invocation.requestId, resolve };
      waiting.writeHead(200, headersOf(invocation)).end(invocation.payload);
      return promise;
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface CurrentInvocation {
  readonly requestId: string;
  readonly resolve: (reply: RuntimeReply) => void;
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  // A runtime keeps its connection for as long as a handler runs.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  return `${address}:${port}`;
}

function headersOf({ requestId, deadline, functionArn }: Invocation): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Aws-Request-Id': requestId,
    'Lambda-Runtime-Deadline-Ms': String(deadline),
    'Lambda-Runtime-Invoked-Function-Arn': functionArn,
  };
}

function checkSize(payload: string): RuntimeError | undefined {
  const bytes = Buffer.byteLength(payload);
  if (bytes <= MAX_RESPONSE_BYTES) return undefined;
  const errorMessage = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
  return { errorType: 'Function.ResponseSizeTooLarge', errorMessage, trace: [] };
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const ACCEPTED: Answer = { status: 202, body: { status: 'OK' } };
const UNKNOWN_REQUEST: Answer = {
  status: 400,
  body: { errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' },
};
const TOO_LARGE: Answer = {
  status: 413,
  body: { errorType: 'RequestEntityTooLarge', errorMessage: 'Exceeded maximum' },
};
const NOT_FOUND: Answer = { status: 404, body: { errorType: 'NotFound', errorMessage: 'No such method' } };

function answer(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

/** The runtime's side of the Runtime API. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { RuntimeError } from '../runtime-error.ts';

/** An invocation as the Runtime API gives it. */
export interface ReceivedInvocation {
  readonly requestId: string;
  /** In milliseconds since the epoch. */
  readonly deadline: number;
  readonly functionArn: string;
  readonly event: unknown;
}

/** Every member throws when the Runtime API is gone, which is when the environment has no more use. */
export interface RuntimeClient {
  /** Waits for the next invocation, for as long as it takes. */
  next(): Promise<ReceivedInvocation>;
  respond(requestId: string, payload: string): Promise<void>;
  fail(requestId: string, error: RuntimeError): Promise<void>;
  failInit(error: RuntimeError): Promise<void>;
}

interface Reply {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** @param address - host and port, from `AWS_LAMBDA_RUNTIME_API` */
export function createRuntimeClient(address: string): RuntimeClient {
  // Not fetch, which gives up on a reply after five minutes.
  const agent = new Agent({ keepAlive: true });
  const send = (method: 'GET' | 'POST', path: string, body = '', headers = {}) =>
    new Promise<Reply>((resolve, reject) => {
      const url = `http://${address}/2018-06-01/runtime/${path}`;
      const sent = request(url, { method, agent, headers }, (response) => {
        text(response).then((body) => resolve({ headers: response.headers, body }), reject);
      });
      sent.on('error', reject).end(body);
    });
  const post = async (path: string, body: string, headers?: Record<string, string>) => {
    await send('POST', path, body, headers);
  };
  const postError = (path: string, error: RuntimeError) =>
    post(path, JSON.stringify(error), { 'Lambda-Runtime-Function-Error-Type': error.errorType });

  return {
    next: async () => readInvocation(await send('GET', 'invocation/next')),
    respond: (requestId, payload) => post(`invocation/${requestId}/response`, payload),
    fail: (requestId, error) => postError(`invocation/${requestId}/error`, error),
    failInit: (error) => postError('init/error', error),
  };
}

function readInvocation({ headers, body }: Reply): ReceivedInvocation {
  return {
    requestId: String(headers['lambda-runtime-aws-request-id']),
    deadline: Number(headers['lambda-runtime-deadline-ms']),
    functionArn: String(headers['lambda-runtime-invoked-function-arn']),
    event: JSON.parse(body),
  };
}

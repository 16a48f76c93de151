/**
 * What runs in an execution environment's process in place of Lambda's own Node runtime: it loads the handler, asks the
 * Runtime API for one invocation after the other, and reports what became of each.
 *
 * Like Lambda's for Node.js 24 (aws-lambda-ric 4) it does not catch what the handler leaves uncaught, so that the process
 * ends with code 1; and when a handler waits for what can never come, it ends with code 0.
 */
import { createContext } from './context.ts';
import { describeError, NamedError } from './describe-error.ts';
import { type Handler, loadHandler } from './load-handler.ts';
import { createRuntimeClient, type ReceivedInvocation } from './runtime-client.ts';

const { AWS_LAMBDA_RUNTIME_API = '', LAMBDA_TASK_ROOT = '', _HANDLER = '' } = process.env;

const client = createRuntimeClient(AWS_LAMBDA_RUNTIME_API);

endWithParent();
// Awaited, it would end the process with code 13 where it is to be 0.
run();

async function run(): Promise<never> {
  const handler = await initialise();
  for (;;) await invoke(handler, await client.next());
}

async function initialise(): Promise<Handler> {
  try {
    return await loadHandler(LAMBDA_TASK_ROOT, _HANDLER);
  } catch (error) {
    await client.failInit(logged(error));
    process.exit(1);
  }
}

async function invoke(handler: Handler, invocation: ReceivedInvocation): Promise<void> {
  let payload: string;
  try {
    payload = serialize(await handler(invocation.event, createContext(invocation, process.env)));
  } catch (error) {
    await client.fail(invocation.requestId, logged(error));
    return;
  }
  await client.respond(invocation.requestId, payload);
}

function serialize(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch (cause) {
    throw new NamedError('Runtime.JSONStringifyError', 'Unable to stringify response body', { cause });
  }
}

function logged(error: unknown): ReturnType<typeof describeError> {
  const description = describeError(error);
  console.error(JSON.stringify(description));
  return description;
}

/**
 * Ends this process when the one that started it is gone, and not before: a Ctrl-C is sent to both, and the parent may
 * want to finish what is running.
 */
function endWithParent(): void {
  process.on('SIGINT', () => undefined);
  process.stdin.on('end', () => process.exit(1));
  process.stdin.resume();
  process.stdin.unref();
}

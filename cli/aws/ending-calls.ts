/** Calls to AWS when the command is to end: they have a few seconds left, and none once one of them had no answer. */
import { setMaxListeners } from 'node:events';
import { InterruptedError } from '../interruption.ts';

/** The little that is needed of an SDK client. */
interface Client {
  send(command: object, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>;
}

/** A healthy answer takes some tens of milliseconds, and one that was waited for, as of a long poll, a second more. */
const GRACE_IN_MILLISECONDS = 3_000;

/**
 * From now on the client's calls end soon after the interruption, answered or not: an {@link InterruptedError} then says
 * that it is not known what the call did. Returns the client.
 *
 * @param interruption - its reason is an {@link InterruptedError}
 */
export function withCallsEnded<SomeClient extends object>(
  client: SomeClient,
  interruption: AbortSignal,
  graceInMilliseconds = GRACE_IN_MILLISECONDS,
): SomeClient {
  const givenUp = new AbortController();
  // One for each call that is on its way.
  setMaxListeners(0, interruption, givenUp.signal);
  const sdk = client as unknown as Client;
  const send = sdk.send.bind(client);
  sdk.send = async (command, options = {}) => {
    let limit: NodeJS.Timeout | undefined;
    const begin = () => {
      limit = setTimeout(() => givenUp.abort(), graceInMilliseconds);
    };
    if (interruption.aborted) begin();
    else interruption.addEventListener('abort', begin, { once: true });
    try {
      return await cutOffBy(givenUp.signal, options.abortSignal, (abortSignal) =>
        send(command, { ...options, abortSignal }),
      );
    } catch (error) {
      throw givenUp.signal.aborted ? unanswered(interruption) : error;
    } finally {
      clearTimeout(limit);
      interruption.removeEventListener('abort', begin);
    }
  };
  return client;
}

/** Rejects with the first signal, also while the client only waits, for credentials or between two attempts. */
async function cutOffBy(
  first: AbortSignal,
  second: AbortSignal | undefined,
  call: (either: AbortSignal) => Promise<unknown>,
): Promise<unknown> {
  const either = new AbortController();
  const { promise: cutOff, reject } = Promise.withResolvers<never>();
  const abort = () => either.abort();
  const abortNow = () => {
    abort();
    reject(first.reason);
  };
  if (first.aborted) abortNow();
  if (second?.aborted) abort();
  first.addEventListener('abort', abortNow, { once: true });
  second?.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([cutOff, call(either.signal)]);
  } finally {
    first.removeEventListener('abort', abortNow);
    second?.removeEventListener('abort', abort);
  }
}

function unanswered(interruption: AbortSignal): InterruptedError {
  const { exitCode } = interruption.reason as InterruptedError;
  return new InterruptedError(
    exitCode,
    'Interrupted, while AWS gave no answer.',
    'Nothing is lost: what is not known to be done is done again the next time. Letters in hand are visible again within two minutes.',
  );
}

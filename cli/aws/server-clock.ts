/** The time by the clock of a service, which may not be that of this machine: replies carry it in their `Date` header. */

interface Client {
  readonly middlewareStack: {
    add(
      middleware: (next: (args: object) => Promise<{ response: unknown }>) => (args: object) => Promise<unknown>,
      options: { step: 'deserialize'; name: string; override: true; priority: 'low' },
    ): void;
  };
}

/** Milliseconds since the epoch by the service's clock, and by the one of this machine when they came. */
interface Reading {
  readonly at: number;
  readonly readAt: number;
}

/**
 * Reads the clock from the replies that a client gets from now on.
 *
 * @returns the time in milliseconds since the epoch, up to a second too early; by this machine's clock as long as there
 * was no reply
 */
export function readServerClock(client: object): () => number {
  let reading: Reading | undefined;
  (client as Client).middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = (result.response ?? {}) as { headers?: Readonly<Record<string, string>> };
      const at = Date.parse(headers?.date ?? '');
      if (Number.isFinite(at)) reading = { at, readAt: performance.now() };
      return result;
    },
    { step: 'deserialize', name: 'readServerClock', override: true, priority: 'low' },
  );
  return () => (reading ? reading.at + performance.now() - reading.readAt : Date.now());
}

/**
 * Makes this thread a platform for simulated machines: timers, clocks, chance and requests of all code that runs here,
 * libraries included, become the simulated world's. What no world runs has none of them.
 *
 * It replaces what the platform gives and not what the product asks for, so that the product's own code runs as it is.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Random } from '../../local/random.ts';
import { AWS, currentMachine, type Machine } from './machine.ts';
import type { Appointment, Timeline } from './timeline.ts';

/** A request that leaves a machine. */
export interface SimulatedRequest {
  readonly hostname: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SimulatedResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What a world gives to the code that runs in it. */
export interface Surroundings {
  readonly timeline: Timeline;
  /** Of the code's own chance, such as jitter. */
  readonly random: Random;
  /** Answers a request. What it throws is an error of the connection. */
  readonly request: (
    request: SimulatedRequest,
    from: Machine,
    abandoned: AbortSignal | undefined,
  ) => Promise<SimulatedResponse>;
  /** Is told of each line that code writes. */
  readonly onLine: (line: string, from: Machine) => void;
  /** Is asked at steps of the code under test whether they throw, and throws then. */
  readonly onStep: (step: string, about: string, from: Machine) => void;
  /** Is told of a rejection that nobody handles: it would end the process. */
  readonly onUnhandled: (thrown: unknown) => void;
}

let surroundings: Surroundings | undefined;

/** Lets a world begin, or with undefined, end: what is left of it never goes on. */
export function surroundWith(next: Surroundings | undefined): void {
  surroundings = next;
}

function world(): Surroundings {
  if (!surroundings) throw new Error('No simulated world is running.');
  return surroundings;
}

/** The time on the machine that asks, in milliseconds since the epoch. */
export function machineTime(): number {
  return world().timeline.now() + currentMachine().clockAheadBy;
}

const require = createRequire(import.meta.url);
let isInstalled = false;

/** Installs it for as long as the thread lives. */
export function installPlatform(): void {
  if (isInstalled) return;
  isInstalled = true;
  installTimers();
  installClocks();
  installChance();
  installOutput();
  installSteps();
  process.on('unhandledRejection', (thrown) => surroundings?.onUnhandled(thrown));
  NodeHttpHandler.prototype.handle = handle as typeof NodeHttpHandler.prototype.handle;
  // No model looks at signatures, and they take a fifth of the time.
  SignatureV4.prototype.sign = (async (request: unknown) => request) as typeof SignatureV4.prototype.sign;
  // An error of which nobody reads the stack is thrown for each answer that is one.
  Error.stackTraceLimit = 5;
  // Nothing may leave by any other way.
  require('node:net').Socket.prototype.connect = () => {
    throw new Error('Something has tried to connect to a real server.');
  };
  syncBuiltinESMExports();
}

class VirtualTimer {
  readonly #appointment: Appointment;
  constructor(appointment: Appointment) {
    this.#appointment = appointment;
  }
  cancel(): void {
    this.#appointment.cancel();
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  [Symbol.toPrimitive](): number {
    return 0;
  }
  [Symbol.dispose](): void {
    this.cancel();
  }
}

function setVirtualTimeout(callback: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]): VirtualTimer {
  return new VirtualTimer(world().timeline.schedule(currentMachine(), milliseconds, () => callback(...args)));
}

function setVirtualInterval(
  callback: (...args: unknown[]) => void,
  milliseconds = 0,
  ...args: unknown[]
): VirtualTimer {
  const machine = currentMachine();
  const { timeline } = world();
  let next: Appointment;
  const again = () => {
    next = timeline.schedule(machine, milliseconds, () => {
      again();
      callback(...args);
    });
  };
  again();
  return new VirtualTimer({ cancel: () => next.cancel() });
}

function clearVirtual(timer: unknown): void {
  if (timer instanceof VirtualTimer) timer.cancel();
}

/** Waits, as `node:timers/promises` does. */
function wait(milliseconds = 0, value?: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      appointment.cancel();
      reject(Object.assign(new Error('The operation was aborted'), { name: 'AbortError', code: 'ABORT_ERR' }));
    };
    const appointment = world().timeline.schedule(currentMachine(), milliseconds, () => {
      signal?.removeEventListener('abort', abort);
      resolve(value);
    });
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

function installTimers(): void {
  const virtual = {
    setTimeout: setVirtualTimeout,
    clearTimeout: clearVirtual,
    setInterval: setVirtualInterval,
    clearInterval: clearVirtual,
  };
  Object.assign(globalThis, virtual);
  Object.assign(require('node:timers'), virtual);
  Object.assign(require('node:timers/promises'), { setTimeout: wait });
  AbortSignal.timeout = (milliseconds) => {
    const controller = new AbortController();
    setVirtualTimeout(() => controller.abort(new DOMException('timed out', 'TimeoutError')), milliseconds);
    return controller.signal;
  };
}

function installClocks(): void {
  const RealDate = Date;
  class VirtualDate extends RealDate {
    constructor(...args: unknown[]) {
      if (args.length === 0) super(machineTime());
      else super(...(args as [number]));
    }
    static override now(): number {
      return Math.floor(machineTime());
    }
  }
  globalThis.Date = VirtualDate as DateConstructor;
  performance.now = () => world().timeline.now();
}

function installChance(): void {
  Math.random = () => world().random();
  const { random } = {
    random: () =>
      Math.floor(world().random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
  };
  const randomUUID = () => {
    const digits = random() + random() + random() + random();
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`;
  };
  Object.assign(require('node:crypto'), { randomUUID });
  globalThis.crypto.randomUUID = randomUUID as typeof crypto.randomUUID;
}

/** What a machine writes is the world's; what the simulator itself writes is for whoever runs it. */
function installOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    stream.write = ((text: string | Uint8Array, ...rest: []) => {
      const from = currentMachine();
      if (from === AWS) return write(text, ...rest);
      world().onLine(String(text), from);
      return true;
    }) as typeof stream.write;
  }
}

/** What simulation/planted/defect.ts has the code under test call. */
function installSteps(): void {
  Object.assign(globalThis, {
    simulatedStep: (step: string, about: string) => surroundings?.onStep(step, about, currentMachine()),
  });
}

async function handle(
  request: { hostname: string; path: string; headers: Record<string, string>; body?: string | Uint8Array },
  { abortSignal }: { abortSignal?: AbortSignal } = {},
) {
  const { hostname, path, headers, body = '' } = request;
  const text = typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  const reply = await world().request({ hostname, path, headers, body: text }, currentMachine(), abortSignal);
  return { response: { statusCode: reply.statusCode, headers: reply.headers, body: Buffer.from(reply.body) } };
}

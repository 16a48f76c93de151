/** Which faults a run has, and when: all drawn from its seed, each kind from a stream of its own, so that one can be left out. */
import { type Random, seededRandom } from '../local/random.ts';

/** All that can fail, and what it means. */
export const FAULTS = {
  'function.kill': 'an environment is killed, at a request or its answer',
  'function.freeze': 'an environment stands still for seconds or longer',
  'function.throws': 'the function throws at a step of a batch, through a defect of its own',
  'function.initFails': 'an environment does not come up',
  'producer.kill': 'a producer is killed and started again where it had been',
  'operator.kill': "the operator's command is killed",
  'sqs.requestLost': 'a request to SQS does not get there',
  'sqs.replyLost': 'a request to SQS is done, and its answer is lost',
  'sqs.silent': 'a request to SQS is done, and no answer comes for minutes',
  'sqs.serverError': 'SQS answers 503',
  'sqs.throttled': 'SQS asks for fewer requests',
  'sqs.entryFails': 'an entry of a batch fails on the side of SQS',
  'sqs.entryFailsDone': 'an entry of a batch is done, and is said to have failed',
  'sqs.slow': 'a request to SQS takes seconds',
  'putUsers.requestLost': 'a call does not get there',
  'putUsers.replyLost': 'a call is done, and its answer is lost',
  'putUsers.silent': 'a call is done, and no answer comes',
  'putUsers.hangs': 'a call is not done, and no answer comes',
  'putUsers.slow': 'a call takes seconds',
  'putUsers.throttled': 'a call is throttled though the quota has room',
  'putUsers.passing': 'a call fails with an error that passes',
  'putUsers.deployment': 'a call fails for a key, a role or a clock',
  'putUsers.refused': 'a call is refused as a whole: no such dataset, say',
  'putUsers.unreadable': 'a proxy answers, in HTML',
  'putUsers.outage': 'PutUsers is down for a minute or more',
  'putUsers.otherWriter': 'somebody else uses up the quota',
  'queue.duplicate': 'a standard queue delivers a message twice',
  'queue.shuffle': 'a standard queue delivers in any order',
  'queue.early': 'a message is visible again while it is worked on',
  'mapping.receiveLost': 'the messages of a receive are lost on their way to the mapping',
  'mapping.deleteFails': 'the mapping cannot delete a message',
  'mapping.invokeFails': 'the function cannot be invoked',
  'deployment.replace': 'a deployment replaces the function, batches or no batches',
  'clock.off': 'a machine starts with a clock that is wrong',
  'clock.jump': "a machine's clock is set to another time",
  'putUsers.lingers': 'a call has no answer, and takes effect up to 50 s later',
  'table.requestLost': 'a request to the table of versions does not get there',
  'table.replyLost': 'a request to the table is done, and its answer is lost',
  'table.silent': 'a request to the table is done, and no answer comes',
  'table.serverError': 'the table answers 500',
  'table.throttled': 'the table asks for fewer requests',
  'table.slow': 'a request to the table takes seconds',
  'table.gone': 'the table is gone for a minute or more',
} as const;

export type FaultKind = keyof typeof FAULTS;

/** Those of worlds with the order guard. */
export const GUARD_FAULTS: ReadonlySet<FaultKind> = new Set([
  'putUsers.lingers',
  'table.requestLost',
  'table.replyLost',
  'table.silent',
  'table.serverError',
  'table.throttled',
  'table.slow',
  'table.gone',
]);

/** What of a seed's faults is left out, to find the ones that matter. */
export interface Limits {
  /** Kinds that do not occur. */
  readonly off: readonly FaultKind[];
  /** Faults beyond so many do not occur. */
  readonly most: number;
  /** Faults that do not occur, by their number in the run. */
  readonly without: readonly number[];
}

export const NO_LIMITS: Limits = { off: [], most: Number.POSITIVE_INFINITY, without: [] };

export interface Faults {
  /** Whether one occurs now. */
  happens(kind: FaultKind, where: string): boolean;
  /** A number from `from` to `to`, of the kind's own chance. */
  between(kind: FaultKind, from: number, to: number): number;
  /** From now on there are none. */
  stop(): void;
  /** How many have occurred. */
  readonly count: number;
  rateOf(kind: FaultKind): number;
}

export interface FaultsOptions {
  readonly seed: number;
  readonly rates: Readonly<Partial<Record<FaultKind, number>>>;
  readonly limits: Limits;
  readonly onFault: (kind: FaultKind, where: string, number: number) => void;
}

export function createFaults({ seed, rates, limits, onFault }: FaultsOptions): Faults {
  const streams = new Map<FaultKind, Random>();
  const off = new Set(limits.off);
  const without = new Set(limits.without);
  let isOver = false;
  let count = 0;
  const streamOf = (kind: FaultKind): Random => {
    const stream = streams.get(kind) ?? seededRandom(hash(`${seed} ${kind}`));
    streams.set(kind, stream);
    return stream;
  };
  return {
    happens(kind, where) {
      const rate = rates[kind] ?? 0;
      if (isOver || rate === 0 || off.has(kind)) return false;
      if (streamOf(kind)() >= rate) return false;
      if (count >= limits.most) return false;
      count++;
      if (without.has(count)) return false;
      onFault(kind, where, count);
      return true;
    },
    between: (kind, from, to) => from + (to - from) * streamOf(kind)(),
    stop: () => {
      isOver = true;
    },
    get count() {
      return count;
    },
    rateOf: (kind) => (isOver || off.has(kind) ? 0 : (rates[kind] ?? 0)),
  };
}

/** Sets the clock of a machine that starts, if it is wrong: by up to 20 minutes. */
export function setWrong(machine: { clockAheadBy: number; readonly name: string }, faults: Faults): void {
  if (faults.happens('clock.off', machine.name))
    machine.clockAheadBy = faults.between('clock.off', -1_200_000, 1_200_000);
}

/** A 32-bit number that a text always has (FNV-1a). */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value | 0;
}

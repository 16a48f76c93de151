/**
 * The one virtual clock of a simulated world: what is due, in its order. Time passes only when nothing has anything left
 * to do; then the next thing that is due happens.
 */
import TinyQueue from 'tinyqueue';
import { AWS, type Machine } from './machine.ts';

/** Something that is due, and can be called off. */
export interface Appointment {
  cancel(): void;
}

export interface Timeline {
  /** Virtual time, in milliseconds since the epoch, by no machine's clock. */
  now(): number;
  /** Has something happen on a machine; never, if that is dead by then, and later, if it is frozen. */
  schedule(machine: Machine, milliseconds: number, happen: () => void): Appointment;
  /** The same of something on no machine that nothing waits for, no promise either: the next thing may happen right after it. */
  scheduleAlone(milliseconds: number, happen: () => void): void;
  /**
   * Lets time pass until something is settled.
   *
   * @throws StuckError when nothing is due any more and it is not
   */
  runUntil<Value>(settled: Promise<Value>): Promise<Value>;
}

/** Nothing is due any more, so that what is waited for never comes. */
export class StuckError extends Error {
  override readonly name = 'StuckError';
}

interface Due {
  at: number;
  /** Of two things that are due at the same time, the one that was scheduled first comes first. */
  order: number;
  readonly machine: Machine;
  happen: (() => void) | undefined;
  readonly isAlone: boolean;
}

/** The machine's own, before they are replaced by virtual ones. */
const { setImmediate } = globalThis;

export function createTimeline(start: number): Timeline {
  const due = new TinyQueue<Due>([], (a, b) => a.at - b.at || a.order - b.order);
  let now = start;
  let order = 0;

  /** Whether something may go on now. */
  const happenNext = (): boolean => {
    const next = due.pop();
    if (!next) throw new StuckError('nothing is due any more');
    if (!next.happen || next.machine.isDead) return false;
    if (next.machine.frozenUntil > next.at) {
      const again = (at: number) => due.push(Object.assign(next, { at, order: order++ }));
      if (next.machine.frozenUntil === Number.POSITIVE_INFINITY) next.machine.onThaw(() => again(now));
      else again(next.machine.frozenUntil);
      return false;
    }
    now = Math.max(now, next.at);
    const { happen } = next;
    next.happen = undefined;
    if (next.isAlone) happen();
    else next.machine.run(happen);
    return !next.isAlone;
  };

  return {
    now: () => now,
    schedule(machine, milliseconds, happen) {
      const appointment: Due = { at: now + Math.max(0, milliseconds), order: order++, machine, happen, isAlone: false };
      due.push(appointment);
      return {
        cancel: () => {
          appointment.happen = undefined;
        },
      };
    },
    scheduleAlone(milliseconds, happen) {
      due.push({ at: now + Math.max(0, milliseconds), order: order++, machine: AWS, happen, isAlone: true });
    },
    async runUntil(settled) {
      let isSettled = false;
      const settle = () => {
        isSettled = true;
      };
      settled.then(settle, settle);
      for (;;) {
        // By the time that this comes round, every promise that could go on has gone on.
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (isSettled) return settled;
        while (!happenNext());
      }
    },
  };
}

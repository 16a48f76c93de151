/** A simulated machine: what runs on it has its clock, and stops when it is frozen or killed. */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface Machine {
  readonly name: string;
  /** How far its clock is ahead of the true time, in milliseconds. It may be set while things run. */
  clockAheadBy: number;
  readonly isDead: boolean;
  /** Until when it stands still, in virtual milliseconds; infinity for one that waits to be thawed. */
  readonly frozenUntil: number;
  /** Runs something on it: its timers and requests are the machine's from there on. */
  run<Value>(something: () => Value): Value;
  /** Ends it: none of its timers fires, none of its requests is answered. */
  kill(): void;
  /** Makes it stand still until then. */
  freeze(until: number): void;
  thaw(): void;
  /** Is called when it is thawed. */
  onThaw(listener: () => void): void;
  /** Resolves when it is killed. */
  readonly killed: Promise<void>;
}

const current = new AsyncLocalStorage<Machine>();

export function createMachine(name: string): Machine {
  const killed = Promise.withResolvers<void>();
  const thawing: (() => void)[] = [];
  const machine = {
    name,
    clockAheadBy: 0,
    isDead: false,
    frozenUntil: 0,
    killed: killed.promise,
    run: <Value>(something: () => Value): Value => current.run(machine, something),
    kill() {
      machine.isDead = true;
      killed.resolve();
    },
    freeze(until: number) {
      machine.frozenUntil = Math.max(machine.frozenUntil, until);
    },
    thaw() {
      machine.frozenUntil = 0;
      for (const listener of thawing.splice(0)) listener();
    },
    onThaw: (listener: () => void) => void thawing.push(listener),
  };
  return machine;
}

/** What AWS runs on: it never fails as a whole, and its clock is right. */
export const AWS: Machine = createMachine('AWS');

/** The machine on which the code runs that asks. */
export function currentMachine(): Machine {
  return current.getStore() ?? AWS;
}

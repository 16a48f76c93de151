/** Which users were there already, in a few bytes for each: 10 million of them take 270 MB, and half as much again while it grows. */
import { hash } from 'node:crypto';

export interface SeenUsers {
  /** Adds a user; false if it was there already. */
  add(userId: string): boolean;
}

const FIRST_SLOTS = 1 << 12;

/**
 * Makes a set of users. Of each it keeps 63 bits of a hash: among 10 million users, one is taken for another with a chance of
 * 1 in 180,000.
 */
export function createSeenUsers(): SeenUsers {
  /** Open addressing, two words a slot; a slot of zeros is free. */
  let slots = new Uint32Array(2 * FIRST_SLOTS);
  let count = 0;

  const place = (into: Uint32Array, high: number, low: number): boolean => {
    const mask = into.length / 2 - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = 2 * slot;
      if (into[at] === 0 && into[at + 1] === 0) {
        into[at] = high;
        into[at + 1] = low;
        return true;
      }
      if (into[at] === high && into[at + 1] === low) return false;
    }
  };
  const grow = () => {
    const larger = new Uint32Array(2 * slots.length);
    for (let at = 0; at < slots.length; at += 2) {
      const [high, low] = [slots[at]!, slots[at + 1]!];
      if (high !== 0 || low !== 0) place(larger, high, low);
    }
    slots = larger;
  };
  return {
    add: (userId) => {
      if (count * 4 >= slots.length) grow();
      const bits = hash('sha256', userId, 'buffer');
      // Never both zero.
      const isNew = place(slots, (bits.readUInt32LE(0) | 1) >>> 0, bits.readUInt32LE(4));
      if (isNew) count++;
      return isNew;
    },
  };
}

/** A number of places, each taken by one at a time; whoever finds none waits, first come first served. */
export interface Slots {
  /** Runs something in a slot, once there is one. */
  use<Result>(task: () => Promise<Result>): Promise<Result>;
}

export function createSlots(count: number): Slots {
  const waiting: (() => void)[] = [];
  let free = count;
  const release = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  const acquire = async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return {
    use: async (task) => {
      await acquire();
      return task().finally(release);
    },
  };
}

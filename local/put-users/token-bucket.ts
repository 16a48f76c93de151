/** How many requests a second are admitted (above 0), and how many at once after a rest (at least 1). */
export interface Rate {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** Admits requests up to a rate. */
export interface TokenBucket {
  /** Takes one token, or says that there is none: the request is then to be refused. */
  tryTake(): boolean;
}

/**
 * A bucket of `burst` tokens, full at first, that refills at `requestsPerSecond`.
 *
 * @param now the time in milliseconds; a time before an earlier one counts as that earlier one
 */
export function tokenBucket({ requestsPerSecond, burst }: Rate, now: () => number): TokenBucket {
  let tokens = burst;
  let filledAt = now();

  const refill = () => {
    const at = Math.max(filledAt, now());
    tokens = Math.min(burst, tokens + ((at - filledAt) / 1000) * requestsPerSecond);
    filledAt = at;
  };

  return {
    tryTake() {
      refill();
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}

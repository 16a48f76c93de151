/** A model of the table of versions: the protocol's own conditions, in memory, and what its requests take. */
import { afterEnd, afterLease, mayEnd, mayLease, type StoredVersion } from '../../lambda/core/order/lease.ts';
import type { UserVersions } from '../../lambda/core/ports.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Writes that the function has under way at a time. */
const WRITES_AT_A_TIME = 25;

export interface VersionsModel extends UserVersions {
  /** Write requests so far, refused ones too: each is billed as one unit. Source: DynamoDB pricing, on-demand. */
  readonly writes: () => number;
}

/** Makes the model. `milliseconds` is what one write takes. */
export function createVersionsModel(clock: VirtualClock, milliseconds: number): VersionsModel {
  const items = new Map<string, StoredVersion>();
  let writes = 0;
  const wait = async (requests: number) => {
    writes += requests;
    await clock.sleep(milliseconds * Math.ceil(requests / WRITES_AT_A_TIME));
  };
  return {
    writes: () => writes,
    lease: async (requests) => {
      await wait(requests.length);
      return requests.map((request) => {
        const stored = items.get(request.userId) ?? {};
        if (!mayLease(stored, request)) return { kind: 'refused', stored };
        items.set(request.userId, afterLease(stored, request));
        return { kind: 'leased', stored };
      });
    },
    end: async (ends) => {
      await wait(ends.length);
      return ends.map((end) => {
        const stored = items.get(end.userId) ?? {};
        if (!mayEnd(stored, end)) return { kind: 'refused', stored };
        items.set(end.userId, afterEnd(stored, end));
        return { kind: 'ended' };
      });
    },
  };
}

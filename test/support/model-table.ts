/** The table of versions as the protocol has it, in memory: what the real one is compared with. */
import {
  afterEnd,
  afterLease,
  type LeaseEnd,
  type LeaseEndReply,
  type LeaseReply,
  type LeaseRequest,
  mayEnd,
  mayLease,
  type StoredVersion,
} from '../../lambda/core/order/lease.ts';
import type { UserVersions } from '../../lambda/core/ports.ts';

export interface ModelTable extends UserVersions {
  readonly items: Map<string, StoredVersion>;
  /** Writes so far. */
  readonly writes: () => number;
}

export function createModelTable(): ModelTable {
  const items = new Map<string, StoredVersion>();
  let writes = 0;
  const lease = (request: LeaseRequest): LeaseReply => {
    writes++;
    const stored = items.get(request.userId) ?? {};
    if (!mayLease(stored, request)) return { kind: 'refused', stored };
    items.set(request.userId, afterLease(stored, request));
    return { kind: 'leased', stored: items.get(request.userId)! };
  };
  const end = (request: LeaseEnd): LeaseEndReply => {
    writes++;
    const stored = items.get(request.userId) ?? {};
    if (!mayEnd(stored, request)) return { kind: 'refused', stored };
    items.set(request.userId, afterEnd(stored, request));
    return { kind: 'ended' };
  };
  return {
    items,
    writes: () => writes,
    lease: async (requests) => requests.map(lease),
    end: async (ends) => ends.map(end),
  };
}

import { USERS_PER_CALL } from '../../contract/dataset/put-users-limits.ts';

/** What is assumed before anything is known: one user rejected of thirty. It weighs as much as thirty users. */
const ASSUMED = { rejected: 1, users: 30 };

/**
 * How many users to call together: as many as there can be, but no more than are delivered half of the time. A larger
 * group is rejected more often than not, and then costs a call that says next to nothing: of users that are all
 * rejected, calling them ten at a time and splitting takes twice the calls of calling them singly
 * (docs/adr/0003-splitting.md).
 *
 * @param known - users rejected and delivered so far in the batch
 * @returns 1 to 10
 */
export function bestGroupSize(known: { readonly rejected: number; readonly delivered: number }): number {
  const rejected = known.rejected + ASSUMED.rejected;
  const users = known.rejected + known.delivered + ASSUMED.users;
  const delivered = 1 - rejected / users;
  return Math.max(1, Math.min(USERS_PER_CALL, Math.round(Math.log(0.5) / Math.log(delivered))));
}

import { USERS_PER_CALL } from '../../contract/dataset/put-users-limits.ts';

/** What is assumed before anything is known: so many rejected of so many users, whose number is how much it weighs. */
export interface Assumption {
  readonly rejected: number;
  readonly users: number;
}

/** Of users of whom nothing is known: one rejected of thirty. */
const ASSUMED: Assumption = { rejected: 1, users: 30 };

/** Of suspects: one of ten. It weighs little, since a kind of suspect is taken or refused as a whole, more often than not. */
export const ASSUMED_OF_SUSPECTS: Assumption = { rejected: 0.5, users: 5 };

/**
 * How many users to call together: as many as there can be, but no more than are delivered half of the time. A larger
 * group is rejected more often than not, and then costs a call that says next to nothing: of users that are all
 * rejected, calling them ten at a time and splitting takes twice the calls of calling them singly
 * (docs/adr/0003-splitting.md).
 *
 * @param known - users rejected and delivered so far
 * @returns 1 to 10
 */
export function bestGroupSize(
  known: { readonly rejected: number; readonly delivered: number },
  assumed: Assumption = ASSUMED,
): number {
  const rejected = known.rejected + assumed.rejected;
  const users = known.rejected + known.delivered + assumed.users;
  const delivered = 1 - rejected / users;
  return Math.max(1, Math.min(USERS_PER_CALL, Math.round(Math.log(0.5) / Math.log(delivered))));
}

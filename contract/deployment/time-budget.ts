/** How an invocation's time is shared out: the function keeps to it, and the infrastructure's sizes are derived from it. */

/** A PutUsers call is given up after this long, in milliseconds. A healthy one takes some tens of milliseconds. */
export const CALL_TIMEOUT_IN_MILLISECONDS = 5_000;

/** The end of the {@link settleReserveInMilliseconds}: by then the dead letters are sent, or taken not to be. */
export const VISIBILITY_RESERVE_IN_MILLISECONDS = 1_000;

/** The end of the {@link VISIBILITY_RESERVE_IN_MILLISECONDS}: by then the function has begun to respond. */
export const RESPONSE_RESERVE_IN_MILLISECONDS = 300;

/**
 * How much of an invocation, in milliseconds, is kept back to settle what was called: dead letters and changed
 * visibility for every record of the batch in the worst case. No PutUsers call begins inside it.
 *
 * @param records - records in the batch, 1 to 10,000
 */
export function settleReserveInMilliseconds(records: number): number {
  return 3_000 + records;
}

/**
 * What an invocation keeps back besides with `orderGuard`, in milliseconds: leases are ended in it, before messages are settled. No
 * PutUsers call begins inside it.
 */
export const ORDER_RESERVE_IN_MILLISECONDS = 1_500;

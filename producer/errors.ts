/** Why users were not sent. */
import type { Reason } from '../contract/message/reason.ts';
import type { SendReport } from './send-report.ts';

/** A user breaks the message contract, or the queue does not take it: it would be refused however often it is sent. */
export class UserRefusedError extends Error {
  /** What it is told by. */
  override readonly name = 'UserRefusedError';
  /** What is wrong with the user. */
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(reason.message);
    this.reason = reason;
  }
}

/** Users could not be sent, or it is unknown whether they were. The `cause` says why. Sending them again does no harm. */
export class UsersNotSentError extends Error {
  /** What it is told by. */
  override readonly name = 'UsersNotSentError';
  /**
   * What became of the users before. The first `report.settled` of all users are settled: whoever goes on from there
   * loses none.
   */
  readonly report: SendReport;

  constructor(report: SendReport, cause: unknown) {
    super(`sending ended after ${report.settled} users: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.report = report;
  }
}

/** Why a user was not delivered, as an operator reads it on a dead letter. */
export interface Reason {
  /** The error's name, such as `InvalidInputException`. Never carries data of a user, so it may be logged. */
  readonly code: string;
  /** A sentence that says what is wrong. It may quote data of a user, so it is never logged. */
  readonly message: string;
}

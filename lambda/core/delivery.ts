/** A user record on its way to PutUsers. */
import type { Misfit } from '../../contract/dataset/misfits.ts';
import type { VersionOrder } from '../../contract/message/record-version.ts';
import type { UserRecord } from '../../contract/message/schema.ts';
import type { Verdict } from './verdict.ts';

/** A record of a user in a batch. `deliver` fills in its verdict. */
export interface Delivery {
  readonly user: UserRecord;
  /** With any it is a suspect: PutUsers may refuse it for them, so it shares a call only with others of the same kinds. */
  readonly misfits?: readonly Misfit[] | undefined;
  /** Where its message comes from, and how often that was received: what its turn goes by; see `inTurns`. */
  readonly source?: string | undefined;
  readonly receiveCount?: number | undefined;
  /** How old the record is. Only with the order guard. */
  readonly version?: VersionOrder | undefined;
  /** The next older record of the same user in the batch. */
  older?: Delivery;
  verdict?: Verdict;
  /** There is no use in another attempt before this, in milliseconds since the epoch. @default there is at any time */
  notBefore?: number | undefined;
}

/** Records that share a call: 1 to 10, each of another user. */
export type Group = readonly Delivery[];

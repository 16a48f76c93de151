import type { MessageAttribute } from '../../aws/sqs/attribute.ts';
import type { Reason } from '../../contract/message/reason.ts';

/** A message of the users queue, as it was received. */
export interface Message {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often the message was received, this time included. */
  readonly receiveCount: number;
  /** When the queue accepted it, in milliseconds since the epoch. */
  readonly sentAt: number;
  /** Only on a FIFO queue: messages of a group keep their order. */
  readonly messageGroupId?: string | undefined;
  /** Where the message comes from. Only on a standard queue, where a message group says that, and nothing about order. */
  readonly source?: string | undefined;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /**
   * Why it could not be read as a whole, a defect of the function: its attributes are missing here, so that no letter can be made
   * of it. @default it was read
   */
  readonly defect?: Reason | undefined;
}

/** An attribute that a producer put on a message. Source: SQS API reference, `MessageAttributeValue`. */
export interface MessageAttribute {
  /** `String`, `Number` or `Binary`, perhaps with a label after a dot. */
  readonly dataType: string;
  readonly stringValue?: string;
  readonly binaryValue?: Uint8Array;
}

/** A message of the users queue, as it was received. */
export interface Message {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often the message was received, this time included. */
  readonly receiveCount: number;
  /** When the queue accepted it, in milliseconds since the epoch. */
  readonly sentAt: number;
  /** Only on a FIFO queue. */
  readonly messageGroupId?: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

/** The attributes that are ours on a dead letter. The first three are named as Lambda names those of its own dead letters. */
export const DEAD_LETTER_ATTRIBUTES = [
  'ErrorCode',
  'ErrorMessage',
  'RequestID',
  'SourceMessageId',
  'ReceiveCount',
] as const;

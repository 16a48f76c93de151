/** What a queue is created with. */
export interface QueueDefinition {
  /** The name, ending in `.fifo` for a FIFO queue. */
  readonly name: string;
  /** The attributes of CreateQueue, by their API names and as strings, as the API has them. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The sources that messages came with, as the function was told of them. */
import type { WorldOptions } from '../../local/world.ts';
import { until } from '../support/world.ts';

export interface SourcesSeen {
  /** For the world to tell of its batches. */
  readonly onBatch: NonNullable<WorldOptions['onBatch']>;
  /** Waits for so many messages, and says how many of them came with which source; `none` is of those without. */
  of(messages: number): Promise<Readonly<Record<string, number>>>;
}

export function watchSources(): SourcesSeen {
  const seen = new Map<string, string>();
  return {
    onBatch: ({ records }) => {
      for (const { messageId, attributes } of records) seen.set(messageId, attributes.MessageGroupId ?? 'none');
    },
    of: async (messages) => {
      await until(() => seen.size >= messages);
      const counts: Record<string, number> = {};
      for (const source of seen.values()) counts[source] = (counts[source] ?? 0) + 1;
      return counts;
    },
  };
}

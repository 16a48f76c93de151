/** Whose message a fair queue hands out next. Source: SQS developer guide, "How Amazon SQS fair queues work". */

/** The messages of one group that wait; those without a group are one line, none of which is ever noisy. */
export interface Line {
  readonly group: string | undefined;
}

/** What is known of lines. */
export interface Standing<L extends Line> {
  isQuiet(line: L): boolean;
  /** The place in the queue of the line's first message. */
  placeOf(line: L): number;
  inFlightOf(group: string): number;
}

/**
 * The quiet line whose message came first; if all are noisy, the one with the fewest messages in flight.
 *
 * @param waiting - lines that have a message
 */
export function nextLine<L extends Line>(waiting: readonly L[], standing: Standing<L>): L | undefined {
  if (waiting.length < 2) return waiting[0];
  const quiet = waiting.filter((line) => standing.isQuiet(line));
  if (quiet.length > 0) return least(quiet, (line) => standing.placeOf(line));
  return least(waiting, ({ group }) => standing.inFlightOf(group!));
}

function least<L>(lines: readonly L[], measure: (line: L) => number): L {
  return lines.reduce((first, line) => (measure(line) < measure(first) ? line : first));
}

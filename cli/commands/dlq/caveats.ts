/** What a visit of the dead-letter queue could not do, in sentences. */
import { HIDDEN_IN_SECONDS } from '../../dlq/held-letters.ts';
import type { Visit } from '../../dlq/visit-letters.ts';
import { formatCount, formatDuration, note, printable, styled } from '../../terminal.ts';

/** Says on standard error what is missing from a result, and why. */
export function noteCaveats(visit: Visit, fifo: boolean): void {
  for (const caveat of caveatsOf(visit, fifo)) note(styled('yellow', caveat, process.stderr));
}

/** Whether something was left out that nobody asked to leave out. */
export function isIncomplete({ unseen, hiddenByOthers, notRemoved, unreadable, end }: Visit): boolean {
  return unreadable.length > 0 || notRemoved > 0 || (end !== 'enough' && unseen + hiddenByOthers > 0);
}

/** Letters that are named, of those that cannot be read. */
const MOST_NAMED = 10;

export function caveatsOf(visit: Visit, fifo: boolean): readonly string[] {
  const { unseen, hiddenByOthers, stillHidden, unreadable, end } = visit;
  const caveats: string[] = [];
  const letters = (count: number) => formatCount(count, 'dead letter');
  if (unseen > 0 && end === 'tooManyHeld')
    caveats.push(`Not all were looked at: about ${letters(unseen)} more are there.`);
  else if (unseen > 0 && end === 'through') {
    const why = fifo
      ? 'they stand behind others of their message group, of which SQS shows ten'
      : 'look again in a while';
    caveats.push(`About ${letters(unseen)} could not be seen: ${why}.`);
  }
  if (hiddenByOthers > 0) {
    caveats.push(`About ${letters(hiddenByOthers)} were hidden: somebody else looks at them, or did a moment ago.`);
  }
  if (stillHidden > 0) {
    caveats.push(`${letters(stillHidden)} stay hidden for up to ${formatDuration(HIDDEN_IN_SECONDS)}.`);
  }
  for (const { messageId, problem } of unreadable.slice(0, MOST_NAMED)) {
    caveats.push(printable(`Dead letter ${messageId} cannot be read, and was left alone: ${problem}.`));
  }
  if (unreadable.length > MOST_NAMED) {
    caveats.push(`So it is with ${formatCount(unreadable.length - MOST_NAMED, 'other dead letter')}.`);
  }
  return caveats;
}

/** The letters that could not be read, for JSON. */
export function unreadableOf({
  unreadable,
}: Visit): readonly { readonly messageId: string; readonly problem: string }[] {
  return unreadable.map(({ messageId, problem }) => ({ messageId, problem }));
}

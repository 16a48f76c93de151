/** What a replay came to, as text or JSON. */
import type { ReplayResult } from '../../dlq/replay.ts';
import { formatCount, formatNumber, print, printable, printJson } from '../../terminal.ts';
import { unreadableOf } from './caveats.ts';

/** What a replay came to, by whichever method. */
export type Outcome = Partial<ReplayResult> & {
  readonly method: 'move-task' | 'one-by-one';
  readonly replayed: number;
  /** How a move task ended. */
  readonly end?: 'completed' | 'cancelled' | 'interrupted';
};

/** Prints it. */
export function printOutcome(
  outcome: Outcome,
  { json, dryRun }: { json?: boolean | undefined; dryRun?: boolean },
): void {
  if (json) printJson(toJson(outcome, dryRun === true));
  else print(render(outcome, dryRun === true));
}

function toJson(
  { method, replayed, stayed = [], waiting = 0, notSelected = 0, arrivedMeanwhile = 0, visit, end }: Outcome,
  dryRun: boolean,
) {
  return {
    dryRun,
    method,
    replayed,
    stayed,
    waiting,
    notSelected,
    arrivedMeanwhile,
    notDeleted: visit?.notRemoved ?? 0,
    unseen: visit?.unseen ?? 0,
    hiddenByOthers: visit?.hiddenByOthers ?? 0,
    unreadable: visit ? unreadableOf(visit) : [],
    interrupted: end === 'interrupted' || visit?.end === 'interrupted',
  };
}

function render(
  { replayed, stayed = [], waiting = 0, arrivedMeanwhile = 0, visit, end }: Outcome,
  dryRun: boolean,
): string {
  const lines = [`${formatCount(replayed, 'dead letter')} ${dryRun ? 'would be replayed' : 'replayed'}.`];
  if (visit && visit.notRemoved > 0) {
    lines.push(
      `${formatCount(visit.notRemoved, 'dead letter')} sent, but not deleted: the next replay sends them again.`,
    );
  }
  if (end === 'cancelled') lines.push('The move task was cancelled: it had begun to move letters that came meanwhile.');
  if (arrivedMeanwhile > 0)
    lines.push(`Came meanwhile, and left alone: ${formatCount(arrivedMeanwhile, 'dead letter')}.`);
  const count = stayed.reduce((total, reason) => total + reason.count, 0);
  if (count > 0) lines.push(`Left in the dead-letter queue: ${formatCount(count, 'dead letter')}:`);
  for (const { reason, count } of stayed) lines.push(`${formatNumber(count).padStart(8)}  ${printable(reason)}`);
  if (waiting > 0) lines.push(WAY_OUT);
  return lines.join('\n');
}

const WAY_OUT =
  'Order is kept in each message group: sent now, they would be undone when what is before them is replayed later. Replay that ' +
  'first, without --error-code and --since and with an --edit that repairs it; or export and purge it.';

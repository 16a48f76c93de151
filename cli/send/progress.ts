/** How a send is doing, as one line. */
import { formatCount, formatDuration, formatNumber } from '../terminal.ts';

export interface Progress {
  /** Users in the queue, those of earlier tries included. */
  readonly users: number;
  readonly rejected: number;
  /** Users that this try has settled. */
  readonly settled: number;
  readonly elapsedInSeconds: number;
  /** Bytes that this try has settled, and that it still has to. A stream has no end that is known. */
  readonly bytes?: { readonly done: number; readonly left: number; readonly all: number } | undefined;
}

/** Connecting and compiling slow the beginning down: an estimate of the first moments is of that. */
const ESTIMATE_AFTER_IN_SECONDS = 2;

/** Such as `████████░░░░░░░░░░░░ 40 %, 12,000 users sent, 4,000 a second, 5s left; 3 rejected`. */
export function renderProgress({ users, rejected, settled, elapsedInSeconds, bytes }: Progress, verb = 'sent'): string {
  const parts = [`${formatCount(users, 'user')} ${verb}`];
  if (bytes && bytes.all > 0) parts.unshift(renderBar((bytes.all - bytes.left) / bytes.all));
  if (elapsedInSeconds > 0) parts.push(`${formatNumber(Math.round(settled / elapsedInSeconds))} a second`);
  if (bytes && bytes.done > 0 && elapsedInSeconds >= ESTIMATE_AFTER_IN_SECONDS) {
    parts.push(`${formatDuration((bytes.left / bytes.done) * elapsedInSeconds)} left`);
  }
  return parts.join(', ') + (rejected > 0 ? `; ${formatNumber(rejected)} rejected` : '');
}

const BAR_IN_COLUMNS = 20;

/** @param share - from 0 to 1 */
function renderBar(share: number): string {
  const full = Math.floor(share * BAR_IN_COLUMNS);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_IN_COLUMNS - full)} ${Math.floor(share * 100)} %`;
}

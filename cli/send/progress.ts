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

/** Such as `12,000 users sent, 4,000 a second, 40 %, 5s left; 3 rejected`. */
export function renderProgress({ users, rejected, settled, elapsedInSeconds, bytes }: Progress, verb = 'sent'): string {
  const parts = [`${formatCount(users, 'user')} ${verb}`];
  if (elapsedInSeconds > 0) parts.push(`${formatNumber(Math.round(settled / elapsedInSeconds))} a second`);
  if (bytes && bytes.all > 0) {
    parts.push(`${Math.floor(((bytes.all - bytes.left) / bytes.all) * 100)} %`);
    if (bytes.done > 0) parts.push(`${formatDuration((bytes.left / bytes.done) * elapsedInSeconds)} left`);
  }
  return parts.join(', ') + (rejected > 0 ? `; ${formatNumber(rejected)} rejected` : '');
}

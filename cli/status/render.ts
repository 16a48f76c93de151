/** The status as text for people. */
import { formatCount, formatDuration, formatNumber, printable, styled } from '../terminal.ts';
import type { DeadLetterCounts } from './dead-letter-counts.ts';
import type { Status } from './status.ts';
import type { Trend } from './trend.ts';

/**
 * A line for each number, with what it means for whoever waits.
 *
 * @param trend - what to show beside it, when somebody watches
 */
export function renderStatus(status: Status, trend?: Trend): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Users queue', withTrend(queueLine(status), trend?.waiting())],
    ['Oldest message', oldestLine(status)],
    ...sourcesRow(status),
    ['Delivery rate', withTrend(rateLine(status), trend?.delivered())],
    ['Time to drain', drainLine(status)],
    ['Dead letters', deadLettersLine(status.deadLetters)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = rows.map(([name, value]) => `${styled('bold', name.padEnd(width))}${value}`);
  const byCode = status.deadLetters.byErrorCode.map(
    ({ errorCode, count }) =>
      `${' '.repeat(width)}${formatNumber(count).padStart(8)}  ${styled('red', printable(errorCode))}`,
  );
  if (status.deadLetters.unreadable > 0) byCode.push(unreadableLine(status.deadLetters, width));
  const head = `${styled('bold', status.name)}, ${status.region} ${styled('dim', status.at)}`;
  return [head, ...lines, ...byCode].join('\n');
}

function withTrend(text: string, trend = ''): string {
  return trend === '' ? text : `${text}  ${styled('dim', trend)}`;
}

function queueLine({ queue: { waiting, inFlight, delayed } }: Status): string {
  const parts = [`${formatCount(waiting, 'message')} waiting`, `${formatNumber(inFlight)} in flight`];
  if (delayed > 0) parts.push(`${formatNumber(delayed)} delayed`);
  return parts.join(', ');
}

function oldestLine({ queue: { oldestAgeInSeconds: age, waiting, inFlight, delayed } }: Status): string {
  if (waiting + inFlight + delayed === 0) return 'none';
  return age === null ? 'unknown' : `${formatDuration(age)} old`;
}

/** Only while a source has a backlog. */
function sourcesRow({ queue: { noisySources, quietAgeInSeconds } }: Status): readonly (readonly [string, string])[] {
  if (!noisySources) return [];
  const age = quietAgeInSeconds === null ? 'of unknown age' : `at most ${formatDuration(quietAgeInSeconds)} old`;
  return [['Sources', `${formatNumber(noisySources)} with a backlog; messages of the others are ${age}`]];
}

function rateLine({ deliveredPerSecond: rate, quotaPerSecond }: Status): string {
  const quota = `the quota takes ${formatNumber(quotaPerSecond)}`;
  return rate === null ? `unknown; ${quota}` : `${formatNumber(rate)} users a second; ${quota}`;
}

function drainLine({ drainInSeconds }: Status): string {
  return drainInSeconds === 0 ? 'the queue is empty' : `${formatDuration(Math.max(drainInSeconds, 1))} at the quota`;
}

function deadLettersLine({ total, lookedAt }: DeadLetterCounts): string {
  if (total === 0) return 'none';
  if (lookedAt === 0)
    return styled('yellow', `${formatNumber(total)}, received by somebody else just now: look again in a while`);
  const share = lookedAt < total ? `, of which ${formatNumber(lookedAt)} were looked at` : '';
  return styled('yellow', `${formatNumber(total)}${share}:`);
}

function unreadableLine({ unreadable }: DeadLetterCounts, indent: number): string {
  return `${' '.repeat(indent)}${formatNumber(unreadable).padStart(8)}  cannot be read: personalize-users dlq list names them`;
}

/** How long the pipeline takes for a load, and what to say before it. */

import { RETENTION_IN_SECONDS } from '../../aws/sqs/limits.ts';
import { USERS_PER_CALL } from '../../contract/dataset/put-users-limits.ts';
import { CommandError } from '../failure.ts';
import { formatDuration, formatNumber, note } from '../terminal.ts';
import type { Format, FormatName } from './format.ts';
import type { Input } from './input.ts';
import type { Position } from './position.ts';

/** A load of more than this is worth a word, in seconds. */
const LONG_IN_SECONDS = 60 * 60;

/** Whether a load should be sent. */
export type Advice =
  | { readonly kind: 'fine' }
  | { readonly kind: 'slow'; readonly note: string }
  /** Messages would expire in the queue. */
  | { readonly kind: 'impossible'; readonly problem: string; readonly hint: string };

/** Advises on a load of about so many users. */
export function adviseOn(users: number, requestsPerSecond: number): Advice {
  const usersPerSecond = requestsPerSecond * USERS_PER_CALL;
  const seconds = users / usersPerSecond;
  if (seconds <= LONG_IN_SECONDS) return { kind: 'fine' };
  const estimate =
    `These are about ${formatNumber(roundToTwoDigits(users))} users. At ${formatNumber(usersPerSecond)} users a second ` +
    `the pipeline takes ${formatDuration(seconds)} for them`;
  if (seconds > RETENTION_IN_SECONDS) {
    return {
      kind: 'impossible',
      problem: `${estimate}, and the queue keeps a message for 14 days.`,
      hint: BULK_IMPORT,
    };
  }
  return { kind: 'slow', note: `${estimate}. ${BULK_IMPORT}` };
}

/** Source: Personalize developer guide, bulk data import. */
const BULK_IMPORT =
  'A bulk import takes far less time, and none of the quota: ' +
  'personalize-users import FILE --bucket BUCKET --role-arn ROLE (import --help says more).';

/**
 * About how many users a file holds, by how many its first bytes hold.
 *
 * @param bytes - of all that is to be sent
 */
export function estimateUsers(head: Buffer, bytes: number, format: FormatName): number {
  if (head.length === 0) return 0;
  const text = head.toString('latin1');
  const inHead = text.split(format === 'csv' ? '\n' : '"userId"').length - 1;
  return Math.round((inHead / head.length) * bytes);
}

function roundToTwoDigits(value: number): number {
  return Number(value.toPrecision(2));
}

/**
 * Says how long the pipeline will take for the rest of a file, if that is long.
 *
 * @throws CommandError when messages would expire before their turn
 */
export function advise(
  { file, head, name }: Input,
  format: Format,
  position: Position,
  requestsPerSecond: number,
): void {
  if (!file) return;
  const users = estimateUsers(head.subarray(format.start.offset), file.size - position.offset, format.name);
  const advice = adviseOn(users, requestsPerSecond);
  if (advice.kind === 'slow') note(advice.note);
  if (advice.kind === 'impossible') {
    throw new CommandError(`${name} is too large. ${advice.problem} What comes last would be lost.`, {
      hint: advice.hint,
    });
  }
}

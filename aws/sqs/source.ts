/**
 * Where messages of a standard queue come from: their message group, which says nothing about order there. SQS hands out messages
 * of sources with few of them before those of one with a backlog. A message without a group is a source of its own.
 * Source: SQS developer guide, fair queues.
 */
import { randomBytes } from 'node:crypto';

/**
 * A source for one load: what is done, when it began, and what tells it from another of the same second. It names no file and no
 * person, since message groups are metadata that logs and metrics may show.
 *
 * @param what - such as `send`
 */
export function newSource(what: string, now: Date = new Date()): string {
  const time = now.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
  return `${what}-${time}-${randomBytes(3).toString('hex')}`;
}

/** Message groups: on a FIFO queue what is in one is received in its order; on a standard queue it has one source (source.ts). */
import { createHash } from 'node:crypto';

/** Source: SQS API reference, SendMessage, `MessageGroupId`. */
const GROUP_ID = /^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/;

/** Whether SQS takes a text as a message group id. */
export function isMessageGroupId(text: string): boolean {
  return GROUP_ID.test(text);
}

/** A group for each user, so that a user's records keep their order: its userId, or the hash of one that SQS does not take. */
export function groupOfUser({ userId }: { readonly userId: string }): string {
  return isMessageGroupId(userId) ? userId : createHash('sha256').update(userId).digest('hex');
}

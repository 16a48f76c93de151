/** From a user to the body of a message, for what is sent on alone out of a packed message. */
import type { GivenVersion } from './record-version.ts';
import type { UserRecord } from './schema.ts';

/** Writes one user as a message of its own. What the producer wrote stays as it was, to the digit. */
export function writeUser({ userId, properties }: UserRecord, version?: GivenVersion): string {
  const members = [`"userId":${JSON.stringify(userId)}`];
  if (properties !== undefined) members.push(`"properties":${properties}`);
  if (version !== undefined) members.push(`"version":${version.text}`);
  return escapeForSqs(`{${members.join()}}`);
}

/** Writes what was meant as a user and breaks the contract: its own text, as it stood in the body. */
export function asWritten(source: string): string {
  return escapeForSqs(source);
}

/** Escapes the two characters that JSON leaves as they are and SQS refuses. Source: SQS API reference, SendMessage. */
function escapeForSqs(json: string): string {
  return json.replace(/[\uFFFE\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}

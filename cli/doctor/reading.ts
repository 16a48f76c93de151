/** Reading what a check decides by, where each call may be refused: one that is costs its check, and none of the others. */
import { callOf } from '../aws/calls.ts';
import { isDenied } from '../aws/explain-error.ts';
import { toCommandError } from '../failure.ts';
import { InterruptedError } from '../interruption.ts';
import { type Finding, findingOf, type Problem, warning } from './finding.ts';

/** What a call came to. */
export type Reading<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  /** There is no such thing. */
  | { readonly kind: 'absent' }
  /** Whoever asked may not. `action` is as IAM policies have it. */
  | { readonly kind: 'denied'; readonly action: string; readonly resource?: string | undefined }
  /** No answer that says anything; `why` is a sentence. */
  | { readonly kind: 'unknown'; readonly why: string };

/** Waits for a call. Throws only what is no answer of AWS and no trouble of the network. */
export async function readingOf<Value>(call: Promise<Value>): Promise<Reading<Value>> {
  try {
    return { kind: 'read', value: await call };
  } catch (error) {
    const made = callOf(error);
    if (isDenied(error)) return { kind: 'denied', action: made?.action ?? 'the call', resource: made?.resource };
    if (isAbsent(error)) return { kind: 'absent' };
    const explained = toCommandError(error);
    if (!explained || error instanceof InterruptedError) throw error;
    return { kind: 'unknown', why: explained.message };
  }
}

/** Source: the API references of Lambda, SQS, SNS, KMS, DynamoDB, Personalize and Service Quotas. */
const ABSENT =
  /^(ResourceNotFoundException|ResourceNotFound|QueueDoesNotExist|NonExistentQueue|NotFoundException|NotFound|NoSuchResourceException)$/;

function isAbsent(error: unknown): boolean {
  const name = (error as Error).name ?? '';
  return ABSENT.test(name) || /NonExistentQueue$/.test(name);
}

/** The value, or undefined with the problem that there is none. */
export function problemOf(reading: Reading<unknown>, whatIsAbsent: Problem): Problem | undefined {
  switch (reading.kind) {
    case 'read':
      return undefined;
    case 'absent':
      return whatIsAbsent;
    case 'denied':
      return warning(
        `It could not be looked at: no permission for ${reading.action}.`,
        `Allow ${reading.action}${reading.resource ? ` on ${reading.resource}` : ''} (docs/cli.md has all that doctor reads), or ask somebody who may.`,
      );
    case 'unknown':
      return warning(`It could not be looked at: ${reading.why}`, 'Try again in a while.');
  }
}

/** The finding about something: why it could not be read, or what is decided by it. */
export function judged<Value>(
  check: string,
  reading: Reading<Value>,
  whatIsAbsent: Problem,
  decide: (value: Value) => Finding,
): Finding {
  const problem = problemOf(reading, whatIsAbsent);
  return problem ? findingOf(check, [problem], '') : decide((reading as { value: Value }).value);
}

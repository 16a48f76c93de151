/** From the body of a message to the users that it asks to put. */
import * as v from 'valibot';
import { escapeInvisible, quoted } from '../input/shown-text.ts';
import { describeEnvelope, describeText } from './envelopes.ts';
import { isReadInFull, type MessageSource, readSource, type UserSource } from './message-source.ts';
import type { Reason } from './reason.ts';
import {
  type ContractLimits,
  createMessageSchemas,
  GIVEN_TWICE,
  isJsonObject,
  type MessageSchemas,
  type UserRecord,
} from './schema.ts';
import { asWritten } from './write-message.ts';

/** What one member of a message turned out to be. */
export type UserReading =
  | { readonly kind: 'valid'; readonly user: UserRecord }
  /** `body` is the user alone, as a message of its own that can be sent again once it is repaired. */
  | { readonly kind: 'invalid'; readonly reason: Reason; readonly body: string };

/** What a message body turned out to be. */
export type MessageReading =
  /** `packed` when the users came in an envelope, so that none of them is the body as it stands. */
  | { readonly kind: 'users'; readonly packed: boolean; readonly users: readonly UserReading[] }
  /** The body as a whole breaks the contract. */
  | { readonly kind: 'invalid'; readonly reason: Reason };

/** Reads message bodies by the contract; see {@link createMessageReader}. */
export type MessageReader = (body: string) => MessageReading;

/** The code of every reason that this file gives. */
export const CONTRACT_VIOLATION = 'MessageContractViolation';

/**
 * Makes a reader for a deployment's limits. The reader never throws.
 *
 * Nearly every body passes on plain `JSON.parse`. One in which anything is off is read a second time, from its text:
 * then a number beyond 2^53 is no longer off, a member that is given twice is found, and what is rejected can be written
 * down just as it came.
 */
export function createMessageReader(limits: ContractLimits): MessageReader {
  const schemas = createMessageSchemas(limits);
  return (body) => {
    let parsed: unknown;
    try {
      parsed = JSON.parse(body);
    } catch (error) {
      return invalid(describeText(body) ?? `the body is not JSON: ${escapeInvisible((error as Error).message)}`);
    }
    if (!isJsonObject(parsed)) return invalid(describeEnvelope(parsed) ?? NO_OBJECT);
    const reading = interpret({ value: parsed, repeated: undefined, users: [] }, schemas);
    if (isClean(reading) && isReadInFull(body, parsed)) return reading;
    const exact = interpret(readSource(body), schemas);
    const envelope = exact.kind === 'invalid' ? describeEnvelope(parsed) : undefined;
    return envelope === undefined ? exact : invalid(envelope);
  };
}

const NO_OBJECT = 'the body must be a JSON object: one user, or {"users": [...]}';

function isClean(reading: MessageReading): boolean {
  return reading.kind === 'users' && reading.users.every((user) => user.kind === 'valid');
}

function interpret(source: MessageSource, schemas: MessageSchemas): MessageReading {
  const parsed = source.value as object;
  if (source.repeated) return invalid(describe(source.repeated, GIVEN_TWICE));
  if (!Object.hasOwn(parsed, 'users')) return single(parsed, schemas);

  const envelope = v.safeParse(schemas.envelope, parsed, ABORT_EARLY);
  if (!envelope.success) return invalid(describeIssue(envelope.issues[0]));
  return {
    kind: 'users',
    packed: true,
    users: envelope.output.users.map((member, index) =>
      readUser(member, `users[${index}]`, source.users[index], schemas),
    ),
  };
}

function single(parsed: object, schemas: MessageSchemas): MessageReading {
  const result = v.safeParse(schemas.user, parsed, ABORT_EARLY);
  return result.success
    ? { kind: 'users', packed: false, users: [{ kind: 'valid', user: result.output }] }
    : invalid(describeIssue(result.issues[0]));
}

function readUser(member: unknown, at: string, source: UserSource | undefined, schemas: MessageSchemas): UserReading {
  const rejected = (message: string): UserReading => ({
    kind: 'invalid',
    reason: violation(message),
    body: asWritten(source?.text ?? ''),
  });
  if (source?.repeated) return rejected(describe(source.repeated, GIVEN_TWICE, at));
  if (!isJsonObject(member)) return rejected(describe([], 'must be a JSON object', at));
  const result = v.safeParse(schemas.user, member, ABORT_EARLY);
  return result.success ? { kind: 'valid', user: result.output } : rejected(describeIssue(result.issues[0], at));
}

const ABORT_EARLY = { abortEarly: true, abortPipeEarly: true } as const;

function invalid(message: string): MessageReading {
  return { kind: 'invalid', reason: violation(message) };
}

function violation(message: string): Reason {
  return { code: CONTRACT_VIOLATION, message };
}

/** Every issue is of a member: whether a message or a user is an object at all is known before. */
function describeIssue(issue: v.BaseIssue<unknown>, at = ''): string {
  return describe(
    issue.path!.map(({ key }) => String(key)),
    issue.message,
    at,
  );
}

function describe(names: readonly string[], problem: string, at = ''): string {
  return `${describePath(names, at)}: ${problem}`;
}

/** Where a member is, as a reason has it: `users[3].properties["first name"]`. */
export function describePath(names: readonly string[], at = ''): string {
  return names.reduce((sofar, name) => sofar + step(name, sofar === ''), at);
}

function step(name: string, first: boolean): string {
  if (name.length <= LONGEST_NAME_SHOWN && /^[A-Za-z_$][\w$]*$/.test(name)) return first ? name : `.${name}`;
  return `[${quoted(name, LONGEST_NAME_SHOWN)}]`;
}

const LONGEST_NAME_SHOWN = 80;

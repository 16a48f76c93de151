/** From the body of a message to the users that it asks to put. */
import * as v from 'valibot';
import { type Admit, createAdmission, type DatasetRules, mayHoldLongNumbers } from '../dataset/admission.ts';
import type { Misfit } from '../dataset/misfits.ts';
import { escapeInvisible, quoted } from '../input/shown-text.ts';
import { describeEnvelope, describeText } from './envelopes.ts';
import { isJsonObject } from './json-object.ts';
import { isReadInFull, type MessageSource, readSource, type UserSource } from './message-source.ts';
import type { Reason } from './reason.ts';
import type { GivenVersion } from './record-version.ts';
import {
  type ContractLimits,
  createMessageSchemas,
  GIVEN_TWICE,
  type MessageSchemas,
  problemWithLength,
  type UserRecord,
} from './schema.ts';
import { asWritten } from './write-message.ts';

/** A user that keeps the contract. */
export interface ValidUser {
  readonly kind: 'valid';
  readonly user: UserRecord;
  /** @default the time at which the message was sent says which record is the newer */
  readonly version?: GivenVersion;
  /** With any it is a suspect: PutUsers may refuse it, for any of them. */
  readonly misfits?: readonly Misfit[];
}

/** What one member of a message turned out to be. */
export type UserReading =
  | ValidUser
  /** `body` is the user alone, as a message of its own that can be sent again once it is repaired. */
  | {
      readonly kind: 'invalid';
      readonly reason: Reason;
      readonly body: string;
      /** The message group that it belongs into, on a FIFO queue. @default the message's */
      readonly messageGroupId?: string;
    };

/** What a message body turned out to be. */
export type MessageReading =
  /** `packed` when the users came in an envelope, so that none of them is the body as it stands. */
  | { readonly kind: 'users'; readonly packed: boolean; readonly users: readonly UserReading[] }
  /** The body as a whole breaks the contract. */
  | { readonly kind: 'invalid'; readonly reason: Reason };

/** Reads message bodies by the contract; see {@link createMessageReader}. */
export type MessageReader = (body: string) => MessageReading;

/** The code of the reason for what breaks the contract. */
export const CONTRACT_VIOLATION = 'MessageContractViolation';

/** The code of the reason for a user that does not fit the dataset's schema. */
export const SCHEMA_MISMATCH = 'SchemaMismatch';

/** What a reader goes by. */
export interface MessageRules extends ContractLimits {
  /** The dataset that the users are for. @default users of any properties are valid */
  readonly dataset?: DatasetRules | undefined;
}

/** A user, or why it is none. */
type Judged = ValidUser | { readonly kind: 'invalid'; readonly reason: Reason };

/** Judges an object that is to be a user; `at` is where it stands. */
type Judge = (member: Record<string, unknown>, at: string) => Judged;

/**
 * Makes a reader for a deployment's limits and dataset. The reader never throws.
 *
 * Nearly every body passes on plain `JSON.parse`. One in which anything is off is read a second time, from its text:
 * then a number beyond 2^53 is no longer off, a member that is given twice is found, and what is rejected can be written
 * down just as it came.
 */
export function createMessageReader(rules: MessageRules): MessageReader {
  const schemas = createMessageSchemas(rules);
  const admit = rules.dataset && createAdmission(rules.dataset);
  const judge: Judge = (member, at) => judgeUser(member, at, schemas, rules, admit);
  return (body) => {
    let parsed: unknown;
    try {
      parsed = JSON.parse(body);
    } catch (error) {
      return invalid(describeText(body) ?? `the body is not JSON: ${escapeInvisible((error as Error).message)}`);
    }
    if (!isJsonObject(parsed)) return invalid(describeEnvelope(parsed) ?? NO_OBJECT);
    const reading = interpret({ value: parsed, repeated: undefined, users: [] }, schemas, judge);
    const isExact = isClean(reading) && isReadInFull(body, parsed) && !(admit && mayHoldLongNumbers(body));
    if (isExact) return reading;
    const exact = interpret(readSource(body), schemas, judge);
    const envelope = exact.kind === 'invalid' ? describeEnvelope(parsed) : undefined;
    return envelope === undefined ? exact : invalid(envelope);
  };
}

const NO_OBJECT = 'the body must be a JSON object: one user, or {"users": [...]}';

function isClean(reading: MessageReading): boolean {
  return reading.kind === 'users' && reading.users.every((user) => user.kind === 'valid');
}

function interpret(source: MessageSource, schemas: MessageSchemas, judge: Judge): MessageReading {
  const parsed = source.value as Record<string, unknown>;
  if (source.repeated) return invalid(describe(source.repeated, GIVEN_TWICE));
  if (!Object.hasOwn(parsed, 'users')) {
    const user = judge(parsed, '');
    return user.kind === 'valid' ? { kind: 'users', packed: false, users: [user] } : user;
  }

  const envelope = v.safeParse(schemas.envelope, parsed, ABORT_EARLY);
  if (!envelope.success) return invalid(describeIssue(envelope.issues[0]));
  return {
    kind: 'users',
    packed: true,
    users: envelope.output.users.map((member, index) =>
      readUser(member, `users[${index}]`, source.users[index], judge),
    ),
  };
}

function readUser(member: unknown, at: string, source: UserSource | undefined, judge: Judge): UserReading {
  const rejected = (reason: Reason): UserReading => ({ kind: 'invalid', reason, body: asWritten(source?.text ?? '') });
  if (source?.repeated) return rejected(violation(describe(source.repeated, GIVEN_TWICE, at)));
  if (!isJsonObject(member)) return rejected(violation(describe([], 'must be a JSON object', at)));
  const judged = judge(member, at);
  return judged.kind === 'valid' ? judged : rejected(judged.reason);
}

/** First by the contract, then by the dataset's schema. */
function judgeUser(
  member: Record<string, unknown>,
  at: string,
  schemas: MessageSchemas,
  limits: ContractLimits,
  admit: Admit | undefined,
): Judged {
  const result = v.safeParse(schemas.user, member, ABORT_EARLY);
  if (!result.success) return { kind: 'invalid', reason: violation(describeIssue(result.issues[0], at)) };
  const { version } = result.output;
  const user = version === undefined ? result.output : withoutVersion(result.output);
  const judged = admit
    ? judgeByDataset(user, member.properties, at, admit, limits)
    : ({ kind: 'valid', user } as const);
  return version === undefined || judged.kind === 'invalid' ? judged : { ...judged, version };
}

/** PutUsers is not to see it. Nearly nobody has one, and a copy of everybody would take its time. */
function withoutVersion({ userId, properties }: UserRecord): UserRecord {
  return properties === undefined ? { userId } : { userId, properties };
}

function judgeByDataset(
  given: UserRecord,
  properties: unknown,
  at: string,
  admit: Admit,
  limits: ContractLimits,
): Judged {
  const admission = admit(given, properties);
  if (admission.kind === 'rejected') {
    return { kind: 'invalid', reason: { code: SCHEMA_MISMATCH, message: describeMisfit(admission.misfit, at) } };
  }
  const { user } = admission;
  // 1e18 is sent as 1 and 18 zeros.
  const tooLong = problemWithLength(user.properties ?? '', limits);
  if (tooLong !== undefined) return { kind: 'invalid', reason: violation(describe(['properties'], tooLong, at)) };
  return admission.kind === 'clean' ? { kind: 'valid', user } : { kind: 'valid', user, misfits: admission.misfits };
}

/** What does not fit, as a reason has it: `users[3].properties.age: "x" is no number; ...`. */
export function describeMisfit({ property, problem }: Misfit, at = ''): string {
  return describe(['properties', property], problem, at);
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

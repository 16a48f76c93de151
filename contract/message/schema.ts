/**
 * The message contract, version 3, as one schema. `docs/message.schema.json` is made from it (`npm run docs:schema`),
 * so each rule that is code carries its JSON Schema beside it.
 */
import * as v from 'valibot';
import { hasAtMostCharacters } from './characters.ts';
import {
  hasFoundAllMembers,
  isExactNumber,
  isReadExactly,
  isTooSmall,
  mayHoldTinyNumbers,
  readExactly,
} from './exact-json.ts';
import { isJsonObject } from './json-object.ts';
import { firstRepeated, membersIn, valueAt } from './json-source.ts';
import { type GivenVersion, readVersion, VERSION_JSON_SCHEMA } from './record-version.ts';

/**
 * The version of the contract, published with its JSON Schema. It grows with every change that breaks a producer, and with
 * every member that there was not.
 */
export const CONTRACT_VERSION = 3;

/** A userId has 1 to this many characters. Source: Personalize API reference, `User`. */
export const MAX_USER_ID_LENGTH = 256;

/** What PutUsers takes for one user: `properties` is a JSON object, written as text. */
export interface UserRecord {
  readonly userId: string;
  readonly properties?: string;
}

/** The part of the contract that a deployment may set. */
export interface ContractLimits {
  /** Characters in `properties` when written as JSON. It also bounds each text in it: PutUsers has no other limit. */
  readonly maxPropertiesLength: number;
}

/** See {@link createMessageSchemas}. */
export type MessageSchemas = ReturnType<typeof createMessageSchemas>;

/**
 * Makes the schemas of a user and of the envelope around packed users.
 *
 * A number that `JSON.parse` has rounded is an issue here; read with `readExactly` it is kept as written and passes.
 */
export function createMessageSchemas(limits: ContractLimits) {
  const userId = v.pipe(
    v.string('must be a string'),
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed ? problemWithUserId(dataset.value) : undefined;
      if (problem) addIssue({ message: problem });
    }),
    v.metadata({ minLength: 1, maxLength: MAX_USER_ID_LENGTH }),
  );

  const properties = v.pipe(
    v.unknown(),
    v.metadata(propertiesJsonSchema(limits)),
    v.rawTransform<unknown, string>(({ dataset, addIssue, NEVER }) => {
      const read = readProperties(dataset.value, limits);
      if (read.kind === 'text') return read.text;
      addIssue({ message: read.problem, path: read.member === undefined ? undefined : [pathItem(read.member)] });
      return NEVER;
    }),
  );

  const version = v.pipe(
    v.unknown(),
    v.metadata(VERSION_JSON_SCHEMA),
    v.rawTransform<unknown, GivenVersion>(({ dataset, addIssue, NEVER }) => {
      const read = readVersion(dataset.value);
      if (read.kind === 'version') return read.version;
      addIssue({ message: read.problem });
      return NEVER;
    }),
  );

  const user = v.strictObject(
    { userId, properties: v.optional(properties), version: v.optional(version) },
    wrongMember,
  );
  const users = <TItem extends v.GenericSchema>(item: TItem) =>
    v.strictObject(
      { users: v.pipe(v.array(item, 'must be an array of users'), v.minLength(1, 'must hold at least one user')) },
      wrongMember,
    );

  return {
    /** One user. */
    user,
    /** The envelope alone, so that each of its users can be judged by itself. */
    envelope: users(v.unknown()),
    /** A whole message body: what is published. */
    message: v.union([user, users(user)]),
  };
}

function wrongMember(issue: v.StrictObjectIssue): string {
  return issue.expected === 'never' ? 'is not a member of the message contract' : 'is required';
}

function problemWithUserId(userId: string): string | undefined {
  if (userId === '') return 'must not be empty';
  if (!hasAtMostCharacters(userId, MAX_USER_ID_LENGTH)) return `must have at most ${MAX_USER_ID_LENGTH} characters`;
  if (!userId.isWellFormed()) return NOT_WELL_FORMED;
  return undefined;
}

type PropertiesRead =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: string; readonly member?: string };

function readProperties(input: unknown, limits: ContractLimits): PropertiesRead {
  return typeof input === 'string' ? readPropertiesText(input, limits) : readPropertiesObject(input, limits);
}

function readPropertiesObject(input: unknown, limits: ContractLimits): PropertiesRead {
  if (!isJsonObject(input)) return problem('must be a JSON object, or one written as a string');
  for (const member of Object.keys(input)) {
    const value = input[member];
    const rounded = typeof value === 'number' && !isReadExactly(value);
    const found = rounded ? 'is a number that would lose digits' : problemWithProperty(member, value);
    if (found) return problem(found, member);
  }
  return withinLength(JSON.stringify(input), limits);
}

function readPropertiesText(text: string, limits: ContractLimits): PropertiesRead {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return problem('is a string that is not JSON');
  }
  if (!isJsonObject(parsed)) return problem('is a string that does not hold a JSON object');
  const isReadInFull = hasFoundAllMembers(text, [parsed]) && !mayHoldTinyNumbers(text);
  return isReadInFull ? checkText(text, parsed, limits) : readTextExactly(text, limits);
}

function readTextExactly(text: string, limits: ContractLimits): PropertiesRead {
  const whole = valueAt(text, 0);
  const repeated = firstRepeated(membersIn(text, whole));
  if (repeated !== undefined) return problem(GIVEN_TWICE, repeated);
  return checkText(text, readExactly(text, whole, 1) as Record<string, unknown>, limits);
}

function checkText(text: string, parsed: Record<string, unknown>, limits: ContractLimits): PropertiesRead {
  for (const member of Object.keys(parsed)) {
    const found = problemWithProperty(member, parsed[member]);
    if (found) return problem(found, member);
  }
  return withinLength(text, limits);
}

/** What is wrong with a member of which `JSON.parse` would keep the last and drop the others. */
export const GIVEN_TWICE = 'is given twice';

const NOT_WELL_FORMED = 'must be well-formed Unicode: it has half of a surrogate pair';

function problemWithProperty(member: string, value: unknown): string | undefined {
  return member.isWellFormed() ? problemWithValue(value) : NOT_WELL_FORMED;
}

function problemWithValue(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? undefined : NOT_WELL_FORMED;
    case 'number':
      return Number.isFinite(value) ? undefined : 'is a number too large for a double';
    case 'boolean':
      return undefined;
    default:
      if (value === null) return undefined;
      if (isExactNumber(value)) {
        return isTooSmall(value) ? 'is a number too small for a double' : problemWithValue(Number(value.rawJSON));
      }
      return Array.isArray(value)
        ? 'arrays are not allowed: send several categories as one string joined by "|"'
        : 'nested objects are not allowed';
  }
}

function withinLength(text: string, limits: ContractLimits): PropertiesRead {
  const tooLong = problemWithLength(text, limits);
  return tooLong === undefined ? { kind: 'text', text } : problem(tooLong);
}

/** What is wrong with the length of properties, as they would be sent. */
export function problemWithLength(text: string, { maxPropertiesLength }: ContractLimits): string | undefined {
  if (hasAtMostCharacters(text, maxPropertiesLength)) return undefined;
  return `must have at most ${maxPropertiesLength} characters when written as JSON`;
}

function problem(text: string, member?: string): PropertiesRead {
  return { kind: 'problem', problem: text, member };
}

function pathItem(key: string): v.IssuePathItem {
  return { type: 'unknown', origin: 'value', input: undefined, key, value: undefined };
}

function propertiesJsonSchema({ maxPropertiesLength }: ContractLimits) {
  return {
    description: `Written as JSON it has at most ${maxPropertiesLength} characters. Several categories are one string, joined by "|".`,
    anyOf: [
      {
        type: 'object',
        additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
      },
      {
        type: 'string',
        description: 'The same object, written as JSON.',
        contentMediaType: 'application/json',
        minLength: 1,
        maxLength: maxPropertiesLength,
      },
    ],
  };
}

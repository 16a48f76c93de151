/** The text of a message body: what it says that its value, parsed by `JSON.parse`, need not. */
import { hasFoundAllMembers, mayHoldTinyNumbers, readExactly } from './exact-json.ts';
import { elementsIn, firstRepeated, membersIn, type Span, valueAt } from './json-source.ts';

/** The names that lead to a member, from the outermost. */
export type MemberPath = readonly string[];

/** A user as it stands in the body. */
export interface UserSource {
  readonly text: string;
  /** The first member that is given twice. */
  readonly repeated: MemberPath | undefined;
}

/** A message body as it is written. */
export interface MessageSource {
  /** Its value, read exactly. */
  readonly value: unknown;
  /** The first member that is given twice, other than within packed users. */
  readonly repeated: MemberPath | undefined;
  /** The packed users, in their order. */
  readonly users: readonly UserSource[];
}

/** The levels of a message: the envelope, its array, a user, its properties. */
const LEVELS = 4;

/**
 * Whether `JSON.parse` has surely found all that a body says.
 *
 * @param parsed - the body's value, which must keep the contract
 */
export function isReadInFull(body: string, parsed: object): boolean {
  const { users } = parsed as { users?: readonly object[] };
  if (mayHoldTinyNumbers(body)) return false;
  return hasFoundAllMembers(body, users ? [parsed, ...users.flatMap(objectsOfUser)] : objectsOfUser(parsed));
}

/** Reads the source of a body whose value is an object. */
export function readSource(body: string): MessageSource {
  const message = valueAt(body, 0);
  const value = readExactly(body, message, LEVELS);
  const users = membersIn(body, message).find(({ name }) => name === 'users');
  if (!users) return { value, repeated: repeatedInUser(body, message), users: [] };

  const name = firstRepeated(membersIn(body, message));
  const packed = body[users.value.start] === '[' ? elementsIn(body, users.value) : [];
  return {
    value,
    repeated: name === undefined ? undefined : [name],
    users: packed.map((user) => ({
      text: body.slice(user.start, user.end),
      repeated: repeatedInUser(body, user),
    })),
  };
}

/** Members deeper down do not matter: what holds them is not allowed in the first place. */
function repeatedInUser(body: string, user: Span): MemberPath | undefined {
  if (body[user.start] !== '{') return undefined;
  const members = membersIn(body, user);
  const name = firstRepeated(members);
  if (name !== undefined) return [name];

  const properties = members.find((member) => member.name === 'properties');
  if (!properties || body[properties.value.start] !== '{') return undefined;
  const property = firstRepeated(membersIn(body, properties.value));
  return property === undefined ? undefined : ['properties', property];
}

function objectsOfUser(user: { properties?: unknown }): readonly object[] {
  return typeof user.properties === 'object' ? [user, user.properties as object] : [user];
}

/**
 * What the body of a dead letter has to do with users that are to be erased. A body that keeps the message contract says
 * which users it holds. Of any other it is asked whether it names one of them anywhere: what was wrapped, misspelt or cut off
 * may be repaired and replayed, and bring the user back.
 */
import { elementsIn, membersIn, type SourceMember, type Span, valueAt } from '../../contract/message/json-source.ts';
import { asWritten } from '../../contract/message/write-message.ts';

/** Whose letter it is. */
export type Belonging =
  /** Other users', and theirs alone. */
  | { readonly kind: 'others' }
  /** Of users that are to be erased, and of nobody else. */
  | { readonly kind: 'theirs' }
  /** Of some of both. `rest` is a body with the others alone, as they were written. */
  | { readonly kind: 'shared'; readonly rest: string }
  /** It names one of the users, but not as a user that can be told from others. */
  | { readonly kind: 'unclear' };

/** Decides whose letter a body is. Never throws. */
export function belongingOf(body: string, erased: ReadonlySet<string>): Belonging {
  const value = parsed(body);
  if (value === undefined) return textNames(body, erased) ? UNCLEAR : OTHERS;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return byMention(value, erased);
  const span = valueAt(body, 0);
  const members = membersIn(body, span);
  const packed = members.find(({ name }) => name === 'users');
  if (!packed) return ofUser(body, span, erased);
  if (members.length > 1 || body[packed.value.start] !== '[') return byMention(value, erased);
  return ofUsers(body, elementsIn(body, packed.value), erased);
}

const OTHERS = { kind: 'others' } as const;
const THEIRS = { kind: 'theirs' } as const;
const UNCLEAR = { kind: 'unclear' } as const;

function ofUsers(body: string, users: readonly Span[], erased: ReadonlySet<string>): Belonging {
  const belongings = users.map((user) => ofUser(body, user, erased).kind);
  if (belongings.includes('unclear')) return UNCLEAR;
  if (!belongings.includes('theirs')) return OTHERS;
  if (!belongings.includes('others')) return THEIRS;
  const rest = users
    .filter((_, index) => belongings[index] === 'others')
    .map(({ start, end }) => body.slice(start, end));
  return { kind: 'shared', rest: asWritten(`{"users":[${rest.join()}]}`) };
}

/** A user with one `userId` that is text is that user, whatever else is wrong with it. */
function ofUser(body: string, user: Span, erased: ReadonlySet<string>): Belonging {
  const ids = body[user.start] === '{' ? membersIn(body, user).filter(({ name }) => name === 'userId') : [];
  const [id] = ids.map((member) => textIn(body, member));
  if (ids.length === 1 && id !== undefined) return erased.has(id) ? THEIRS : OTHERS;
  const value = JSON.parse(body.slice(user.start, user.end));
  const named = ids.some((member) => erased.has(textIn(body, member) ?? ''));
  return named ? UNCLEAR : byMention(value, erased);
}

function textIn(body: string, { value: { start, end } }: SourceMember): string | undefined {
  return body[start] === '"' ? (JSON.parse(body.slice(start, end)) as string) : undefined;
}

function byMention(value: unknown, erased: ReadonlySet<string>): Belonging {
  return valueNames(value, erased) ? UNCLEAR : OTHERS;
}

/** Whether a name, a text or a number within is one of the ids; JSON within a text is looked into. */
function valueNames(value: unknown, erased: ReadonlySet<string>): boolean {
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'number' && erased.has(String(next))) return true;
    if (typeof next === 'string') {
      if (erased.has(next)) return true;
      const inner = /^\s*[{["]/.test(next) ? parsed(next) : undefined;
      if (inner !== undefined) left.push(inner);
      else if (textNames(next, erased)) return true;
    } else if (typeof next === 'object' && next !== null) {
      if (!Array.isArray(next) && Object.keys(next).some((name) => erased.has(name))) return true;
      for (const each of Object.values(next)) left.push(each);
    }
  }
  return false;
}

/** Whether a text that is no JSON has one of the ids in it, by itself and not within a longer word; or base64 of such. */
function textNames(text: string, erased: ReadonlySet<string>): boolean {
  if (/^eyJ[\w+/-]+={0,2}\s*$/.test(text)) {
    return belongingOf(Buffer.from(text, 'base64').toString('utf8'), erased).kind !== 'others';
  }
  return [...erased].some((id) => standsIn(text, id) || standsIn(text, JSON.stringify(id).slice(1, -1)));
}

function standsIn(text: string, id: string): boolean {
  for (let at = text.indexOf(id); at !== -1; at = text.indexOf(id, at + 1)) {
    if (!isOfWord(text[at - 1]) && !isOfWord(text[at + id.length])) return true;
  }
  return false;
}

function isOfWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Message bodies that keep the contract, and what becomes of them when they are damaged, by accident or on purpose. */
import fc from 'fast-check';
import { tokensOf } from './full-json.ts';

export interface GeneratedBody {
  readonly body: string;
  /** Whether it was left as it was made. */
  readonly intact: boolean;
}

/** Any body: most are damaged at one to three places. */
export function generatedBody(): fc.Arbitrary<GeneratedBody> {
  return damaged(validBody());
}

/** JSON texts, of which most are damaged at one to three places. */
export function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<GeneratedBody> {
  return fc
    .tuple(text, fc.array(damage, { maxLength: 3 }))
    .map(([whole, damages]) => ({ body: damages.reduce(apply, whole), intact: damages.length === 0 }));
}

const NUMBERS = [
  '0',
  '-0',
  '7',
  '1.50',
  '1e3',
  '-2.5E-7',
  '9007199254740992',
  '9007199254740993',
  '-9223372036854775808',
];
const NAMES = ['age', 'b', '__proto__', 'constructor', 'first name', '1', '', ':', '"', '\\', 'é', '😀', 'properties'];
const TEXTS = ['', 'x', 'a:b', '":', '\\', '"', '{"a":1}', '\0', '\u2028', '😀', 'Crime|Drama', 'x'.repeat(1000)];

const text = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'grapheme', maxLength: 8 })).map(json);
const scalar = fc.oneof(text, fc.constantFrom(...NUMBERS, 'true', 'false', 'null'));
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES) },
  fc.string({ unit: 'grapheme', maxLength: 5 }),
);
/** An object of properties that keep the contract, as JSON. */
export const properties: fc.Arbitrary<string> = fc
  .uniqueArray(fc.tuple(name, scalar), { selector: ([each]) => each, maxLength: 4 })
  .map((members) => `{${members.map(([each, value]) => `${json(each)}:${value}`).join(',')}}`);
const userId = fc
  .oneof(
    fc.constantFrom('a', '__proto__', '😀'.repeat(256), 'x'.repeat(256)),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  )
  .map(json);
const user = fc.oneof(
  userId.map((id) => `{"userId":${id}}`),
  fc.tuple(userId, properties).map(([id, object]) => `{"userId":${id},"properties":${object}}`),
  fc.tuple(userId, properties).map(([id, object]) => `{"properties":${object},"userId":${id}}`),
  fc.tuple(userId, properties).map(([id, object]) => `{"userId":${id},"properties":${json(object)}}`),
);

function validBody(): fc.Arbitrary<string> {
  const packed = fc.array(user, { minLength: 1, maxLength: 4 }).map((users) => `{"users":[${users.join(',')}]}`);
  return fc
    .tuple(fc.oneof(user, packed), fc.constantFrom('', '', ' ', '\n\t'))
    .map(([body, space]) => (space === '' ? body : tokensOf(body).join(space)));
}

/** What is put between two tokens. */
const FRAGMENTS = [
  ...NUMBERS,
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    '\\',
    '\0',
    '\ufeff',
    '\ud800',
    '\ufffe',
    'null',
    'NaN',
    'Infinity',
    '-',
    '1e400',
    '-1e999',
  ],
  ...[
    '{}',
    '[]',
    '{"a":{"b":1}}',
    '["x"]',
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"\\u0000"',
    '"x":1',
    ',"userId":"b"',
    '"userId":"b",',
  ],
  ...[
    ',"user\\u0049d":"b"',
    '"users":[],',
    ',"properties":{}',
    ',"__proto__":{"userId":"b"}',
    ',"constructor":1',
    '"age":1,',
  ],
  ...[json('x'.repeat(257)), json('x'.repeat(1001)), json('n'.repeat(5000)), '['.repeat(50), '{"a":'.repeat(50)],
];

interface Damage {
  readonly kind:
    | 'truncate'
    | 'drop'
    | 'repeat'
    | 'swap'
    | 'insert'
    | 'replace'
    | 'repeatMember'
    | 'repeatMemberEscaped'
    | 'flip';
  readonly at: number;
  readonly other: number;
  readonly fragment: string;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom(
    ...([
      'truncate',
      'drop',
      'repeat',
      'swap',
      'insert',
      'replace',
      'repeatMember',
      'repeatMemberEscaped',
      'flip',
    ] as const),
  ),
  at: fc.nat(1000),
  other: fc.nat(1000),
  fragment: fc.constantFrom(...FRAGMENTS),
});

function apply(body: string, { kind, at, other, fragment }: Damage): string {
  const tokens = tokensOf(body);
  if (tokens.length === 0) return fragment;
  const one = at % tokens.length;
  const two = other % tokens.length;
  switch (kind) {
    case 'truncate':
      return body.slice(0, at % body.length);
    case 'drop':
      return tokens.toSpliced(one, 1).join('');
    case 'repeat':
      return tokens.toSpliced(two, 0, tokens[one]!).join('');
    case 'swap':
      return tokens.with(one, tokens[two]!).with(two, tokens[one]!).join('');
    case 'insert':
      return tokens.toSpliced(one, 0, fragment).join('');
    case 'replace':
      return tokens.with(one, fragment).join('');
    case 'repeatMember':
    case 'repeatMemberEscaped':
      return repeatMember(tokens, at, fragment, kind === 'repeatMemberEscaped');
    case 'flip':
      return body.slice(0, at % body.length) + String.fromCharCode(other) + body.slice((at % body.length) + 1);
  }
}

/** Puts a second member of the same name before one that is there. */
function repeatMember(tokens: string[], at: number, fragment: string, escaped: boolean): string {
  const colons = tokens.flatMap((token, index) => (token === ':' ? [index] : []));
  if (colons.length === 0) return tokens.join('');
  let place = colons[at % colons.length]! - 1;
  while (place > 0 && tokens[place]!.trim() === '') place--;
  const original = tokens[Math.max(0, place)]!;
  const first = original.length > 2 && original[1] !== '\\' ? original.charCodeAt(1) : undefined;
  const again =
    escaped && first !== undefined ? `"\\u${first.toString(16).padStart(4, '0')}${original.slice(2)}` : original;
  return tokens.toSpliced(place, 0, `${again}:${at % 2 === 0 ? '"b"' : fragment},`).join('');
}

function json(value: string): string {
  return JSON.stringify(value);
}

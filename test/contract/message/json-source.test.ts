import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  countLikelyMembers,
  elementsIn,
  firstRepeated,
  membersIn,
  type Span,
  valueAt,
} from '../../../contract/message/json-source.ts';
import { parseFully } from '../../support/full-json.ts';

/** Texts that would end a string, an object or a literal too early, if they were not in a string. */
const tricky = fc.constantFrom('', '"', '\\', '\\"', '":', '{', '}', '[', ']', ',', ':', ' ', '\n', 'a"}', '__proto__');
const text = fc.oneof(tricky, fc.string({ maxLength: 5 }));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
/** A value, as text with or without white space around it and in it. */
const written = (what: fc.Arbitrary<unknown>) =>
  fc
    .tuple(what, fc.constantFrom('', ' ', '\n\t '), fc.constantFrom('', ' ', '\t'))
    .map(([each, around, indent]) => ({ json: `${around}${JSON.stringify(each, null, indent)}${around}` }));

// Not JSON.parse, which takes one name for another at times (nodejs/node#63785).
const parse = (json: string, { start, end }: Span) => parseFully(json.slice(start, end));

test('a value is found with all that belongs to it, and nothing else', () => {
  fc.assert(
    fc.property(written(value), ({ json }) => {
      const { start, end } = valueAt(json, 0);
      expect(json.slice(start, end)).toBe(json.trim());
    }),
  );
});

test('the members of an object are found, each with its name and its value', () => {
  fc.assert(
    fc.property(written(fc.dictionary(text, value, { noNullPrototype: true })), ({ json }) => {
      const members = membersIn(json, valueAt(json, 0)).map((member) => [member.name, parse(json, member.value)]);
      expect({ kind: 'object', members }).toEqual(parseFully(json));
    }),
  );
});

test('the elements of an array are found', () => {
  fc.assert(
    fc.property(written(fc.array(value)), ({ json }) => {
      const elements = elementsIn(json, valueAt(json, 0)).map((element) => parse(json, element));
      expect({ kind: 'array', elements }).toEqual(parseFully(json));
    }),
  );
});

test('a value is found at its place, with what stands around it', () => {
  const json = '{"a": [1, {"b":true}] ,"c":-1.5e3,"d" :null}';
  expect(
    membersIn(json, { start: 0, end: json.length }).map((member) => json.slice(member.value.start, member.value.end)),
  ).toEqual(['[1, {"b":true}]', '-1.5e3', 'null']);
});

test('a member that is given twice is found twice, and named as it is meant', () => {
  const members = membersIn('{"a":1,"b":2,"\\u0061":3}', { start: 0, end: 24 });
  expect(members.map(({ name }) => name)).toEqual(['a', 'b', 'a']);
  expect(firstRepeated(members)).toBe('a');
  expect(firstRepeated(members.slice(0, 2))).toBeUndefined();
});

describe('the likely members of a text', () => {
  test.each([
    ['{}', 0],
    ['7', 0],
    ['{"a":1}', 1],
    ['{"":1}', 1],
    ['{"a" :1}', 1],
    ['{"a"\n:1}', 1],
    ['{"a":1,"a":2}', 2],
    ['{"a":{"b":1},"c":[{"d":2}]}', 4],
    ['{"a":"b:c"}', 1],
    ['{"a!:":1}', 1],
    ['{"a":"\\":"}', 1],
  ])('%s has %i', (json, count) => {
    expect(countLikelyMembers(json)).toBe(count);
  });

  test.each(['{"a":" :"}', '{"a":":"}'])('may be more than there are, but not fewer: %s', (json) => {
    expect(countLikelyMembers(json)).toBe(2);
  });
});

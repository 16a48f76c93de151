import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { belongingOf } from '../../../cli/dlq/letter-of-user.ts';
import { createMessageReader } from '../../../contract/message/read-message.ts';
import { runs } from '../../support/property-runs.ts';

const ERASED = new Set(['erased', '42', 'Zoë Ω', 'a"b']);
const kindOf = (body: unknown) => belongingOf(typeof body === 'string' ? body : JSON.stringify(body), ERASED).kind;

describe('a letter of a user that is to be erased', () => {
  test.each<[string, unknown]>([
    ['a user', { userId: 'erased', properties: { age: 3 } }],
    ['a user that breaks the contract', { userId: 'erased', propertees: [] }],
    ['an id that is written with escapes', '{"userId":"\\u0065rased"}'],
    ['a packed user', { users: [{ userId: 'erased' }] }],
    ['several of them', { users: [{ userId: 'erased' }, { userId: 'Zoë Ω', x: 1 }] }],
  ])('%s', (_, body) => expect(kindOf(body)).toBe('theirs'));
});

describe('a letter of others', () => {
  test.each<[string, unknown]>([
    ['a user', { userId: 'other' }],
    ['a user whose properties have the id by chance', { userId: 'other', properties: { age: 42, note: 'erased' } }],
    ['a user that breaks the contract', { userId: 'other', x: 'erased' }],
    ['a longer id', { userId: 'erased-not' }],
    ['no JSON, with the id within a longer word', 'unerased{'],
    ['an envelope about others', { Type: 'Notification', Message: '{"userId":"other"}' }],
    ['nothing', ''],
    ['a number', '7'],
  ])('%s', (_, body) => expect(kindOf(body)).toBe('others'));
});

describe('a letter of which it cannot be told', () => {
  test.each<[string, unknown]>([
    ['an id that is no text', { userId: 42 }],
    ['two ids', '{"userId":"other","userId":"erased"}'],
    ['another name for the id', { user_id: 'erased' }],
    ['a user by the name of the member', { erased: { age: 3 } }],
    ['an SNS envelope', { Type: 'Notification', TopicArn: 'a', Message: '{"userId":"erased"}' }],
    ['an array', [{ userId: 'erased' }]],
    ['JSON in a string', JSON.stringify('{"userId":"erased"}')],
    ['base64', Buffer.from('{"userId":"erased"}').toString('base64')],
    ['JSON that was cut off', '{"userId":"erased","prop'],
    ['an escaped id in what is no JSON', '{"userId":"a\\"b",,}'],
    ['CSV', 'erased,3,4'],
    ['users beside something else', { users: [{ userId: 'erased' }], at: 1 }],
    ['users that are no array', { users: { userId: 'erased' } }],
    ['a packed one that has no id', { users: [{ userId: 'other' }, { id: 'erased' }] }],
  ])('%s', (_, body) => expect(kindOf(body)).toBe('unclear'));
});

test('of a letter with others the rest is as it was written', () => {
  const [first, last] = ['{ "userId":"other", "version": 12345678901234567890 }', '{"userId":"b","x":1.0}'];
  expect(belongingOf(`{"users": [${first} , {"userId":"erased"},${last}]}`, ERASED)).toEqual({
    kind: 'shared',
    rest: `{"users":[${first},${last}]}`,
  });
});

test('whatever users a letter packs, all others stay and no erased one does', () => {
  const read = createMessageReader({ maxPropertiesLength: 1000 });
  const user = fc.record({ userId: fc.string({ minLength: 1 }), properties: fc.dictionary(fc.string(), fc.double()) });
  fc.assert(
    fc.property(fc.array(user, { minLength: 1, maxLength: 5 }), fc.array(fc.nat(4)), (users, chosen) => {
      const erased = new Set(chosen.flatMap((index) => (users[index] ? [users[index].userId] : [])));
      const belonging = belongingOf(JSON.stringify({ users }), erased);
      const left = users.filter(({ userId }) => !erased.has(userId));
      if (left.length === users.length) return expect(belonging.kind).toBe('others');
      if (left.length === 0) return expect(belonging.kind).toBe('theirs');
      const { rest } = belonging as { rest: string };
      expect(JSON.parse(rest)).toEqual(JSON.parse(JSON.stringify({ users: left })));
      expect(read(rest).kind).toBe('users');
    }),
    runs(200),
  );
});

test('whatever a body is, it is said whose it is', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.json().map((json) => json.slice(1)),
      ),
      (body) => {
        expect(['others', 'theirs', 'shared', 'unclear']).toContain(belongingOf(body, ERASED).kind);
      },
    ),
    runs(300),
  );
});

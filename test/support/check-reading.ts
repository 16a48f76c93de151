/** What must be so for every reading of every body, whatever the body. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { MessageReading } from '../../contract/message/read-message.ts';
import type { UserRecord } from '../../contract/message/schema.ts';
import { type FullJson, memberOf, namesOf, parseFully } from './full-json.ts';

/**
 * Checks a reading: what is valid carries all that the body says, and what is not has a reason that says where.
 *
 * @throws AssertionError
 */
export function checkReading(body: string, reading: MessageReading): void {
  if (reading.kind === 'invalid') {
    checkReason(reading.reason.message);
    return;
  }
  const message = parseFully(body);
  assert.equal(message.kind, 'object');
  if (!reading.packed) {
    const [user] = reading.users;
    assert.ok(reading.users.length === 1 && user?.kind === 'valid', 'one user alone is valid, or its body is not');
    checkUser(message, user.user);
    return;
  }
  assert.deepEqual(namesOf(message), ['users']);
  const users = memberOf(message, 'users');
  assert.ok(users?.kind === 'array' && users.elements.length === reading.users.length);
  reading.users.forEach((user, index) => {
    if (user.kind === 'valid') {
      checkUser(users.elements[index]!, user.user);
      return;
    }
    checkReason(user.reason.message);
    assert.ok(user.reason.message.startsWith(`users[${index}]`), user.reason.message);
    assert.deepEqual(parseFully(user.body), users.elements[index], 'a rejected user is written down as it came');
  });
}

const PATH =
  /^(?:the (?:body|message) .|(?:[A-Za-z_$][\w$]*|\["(?:[^"\\]|\\.)*"\])(?:\.[A-Za-z_$][\w$]*|\[\d+\]|\["(?:[^"\\]|\\.)*"\])*: .)/;

/** What is wrong, without the place, so that each kind has one name. */
export function problemIn(reason: string): string {
  return reason.startsWith('the body is not JSON')
    ? 'the body is not JSON'
    : reason.slice(PATH.exec(reason)![0].length - 1);
}

function checkReason(message: string): void {
  assert.match(message, PATH);
  assert.ok(message.length < 500, 'a reason is short, however long the names are');
}

function checkUser(given: FullJson, user: UserRecord): void {
  const names = namesOf(given);
  assert.equal(new Set(names).size, names.length, 'no member is given twice');
  assert.deepEqual(memberOf(given, 'userId'), { kind: 'other', value: user.userId });

  const properties = memberOf(given, 'properties');
  assert.equal(names.length, properties === undefined ? 1 : 2);
  if (properties === undefined) assert.equal(user.properties, undefined);
  else if (properties.kind === 'other') {
    assert.equal(user.properties, properties.value);
    checkProperties(parseFully(user.properties!), user.properties!);
  } else checkProperties(properties, user.properties!);
}

function checkProperties(given: FullJson, sentText: string): void {
  const names = namesOf(given);
  assert.equal(given.kind, 'object');
  assert.equal(new Set(names).size, names.length, 'no property is given twice');
  const sent = parseFully(sentText);
  assert.equal(namesOf(sent).length, names.length);
  for (const name of names) {
    const [before, after] = [memberOf(given, name)!, memberOf(sent, name)];
    assert.ok(
      after !== undefined && sameValue(before, after),
      `${name}: ${JSON.stringify([before, after])} ${sentText}`,
    );
  }
}

function sameValue(given: FullJson, sent: FullJson): boolean {
  if (given.kind !== 'number' || sent.kind !== 'number')
    return given.kind === 'other' && isDeepStrictEqual(given, sent);
  const wholeNumber = /^-?\d+$/.test(given.source);
  return wholeNumber ? given.source === sent.source : Object.is(Number(given.source), Number(sent.source));
}

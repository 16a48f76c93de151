import { expect, test } from '@jest/globals';
import { hintForNoUser, seemsToBe } from '../../../cli/send/other-text.ts';

test.each([
  ['README.md', 'anything', 'Markdown'],
  ['README', '\n# Users\n\nText', 'Markdown'],
  ['users.sql', '', 'SQL'],
  ['dump', 'INSERT INTO users VALUES (1);', 'SQL'],
  ['standard input', 'CREATE TABLE users (id int);', 'SQL'],
  ['app.ts', '', 'a program'],
  ['run', '#!/bin/sh\necho', 'a program'],
  ['users.yaml', '', 'YAML'],
  ['users', '---\n- userId: a\n', 'YAML'],
  ['app.ini', '', 'a file of settings'],
])('%s, %j, seems to be %s', (name, text, like) => {
  expect(seemsToBe(name, text)).toBe(like);
});

test.each([
  ['users.csv', '# exported today\nUSER_ID\n'],
  ['users.txt', '-- users\n'],
  ['users', 'USER_ID;AGE\n'],
  ['users', ''],
  ['users.csv.gz', '# exported\n'],
])('%s, %j, may be a list of users', (name, text) => {
  expect(seemsToBe(name, text)).toBeUndefined();
});

test('a file without a user gets a hint: how dead letters are sent again, or what can be sent', () => {
  const letter = '{"messageId":"a","sentAt":"b","errorCode":"c","errorMessage":"d","body":"{}","attributes":{}}\n';
  expect(hintForNoUser(Buffer.from(letter))).toContain('personalize-users dlq replay');
  expect(hintForNoUser(Buffer.from('{"name": "a package"}'))).toMatch(/^Nothing in it is a user. Give CSV, /);
});

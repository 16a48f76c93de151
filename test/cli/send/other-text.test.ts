import { expect, test } from '@jest/globals';
import { seemsToBe } from '../../../cli/send/other-text.ts';

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

import { expect, test } from '@jest/globals';
import { errorName } from '../../aws/error-name.ts';

const withCode = (error: Error, code: unknown) => Object.assign(error, { code });

test.each<[string, unknown, string]>([
  ['an error is named by its name', new TypeError('boom'), 'TypeError'],
  ['an error without a name of its own, by its system code', withCode(new Error('boom'), 'ECONNRESET'), 'ECONNRESET'],
  ['a name of its own says more than a code', withCode(new TypeError('boom'), 'ERR_INVALID_ARG_TYPE'), 'TypeError'],
  ['a code that is no text says nothing', withCode(new Error('boom'), 7), 'Error'],
  ['an error with neither is just that', new Error('boom'), 'Error'],
  ['what is thrown but is no error has no name', { name: 'user-0042' }, 'UnknownError'],
  ['nor has nothing', undefined, 'UnknownError'],
])('%s', (_, error, name) => {
  expect(errorName(error)).toBe(name);
});

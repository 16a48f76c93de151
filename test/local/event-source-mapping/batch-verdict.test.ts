import { describe, expect, test } from '@jest/globals';
import { judgeBatch } from '../../../local/event-source-mapping/batch-verdict.ts';
import type { InvocationResult } from '../../../local/lambda/invocation-result.ts';

const BATCH = ['a', 'b', 'c'];
const requestId = 'request-1';
const success = (payload: unknown): InvocationResult => ({ kind: 'success', requestId, payload });
const named = (...identifiers: readonly unknown[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('a batch, when the function reports batch item failures', () => {
  test.each([
    ['undefined', undefined],
    ['null', null],
    ['an empty object', {}],
    ['other members only', { statusCode: 200 }],
    ['an empty list', { batchItemFailures: [] }],
    ['a null list', { batchItemFailures: null }],
  ])('is deleted for %s', (_, payload) => {
    expect(judgeBatch(success(payload), BATCH, true)).toEqual({ kind: 'succeeded', deleted: BATCH });
  });

  test.each([
    ['the first', named('a'), ['b', 'c'], ['a']],
    ['the last', named('c'), ['a', 'b'], ['c']],
    ['two, in any order', named('c', 'a'), ['b'], ['a', 'c']],
    ['one twice', named('b', 'b'), ['a', 'c'], ['b']],
    ['all', named('a', 'b', 'c'), [], BATCH],
  ])('keeps what is named: %s', (_, payload, deleted, failed) => {
    expect(judgeBatch(success(payload), BATCH, true)).toEqual({ kind: 'partlyFailed', deleted, failed });
  });

  test.each([
    ['a string', 'ok', 'not an object'],
    ['an empty string', '', 'not an object'],
    ['a number', 0, 'not an object'],
    ['false', false, 'not an object'],
    ['an array', [], 'not an object'],
    ['an object for a list', { batchItemFailures: {} }, 'not an array'],
    ['a string for a list', { batchItemFailures: 'a' }, 'not an array'],
    ['an empty identifier', named(''), 'batchItemFailures[0].itemIdentifier'],
    ['a null identifier', named('a', null), 'batchItemFailures[1].itemIdentifier'],
    ['an identifier that is no string', named(1), 'batchItemFailures[0].itemIdentifier'],
    ['an unknown identifier', named('a', 'b', 'x'), 'batchItemFailures[2].itemIdentifier'],
    ['an identifier under another name', { batchItemFailures: [{ id: 'a' }] }, 'batchItemFailures[0].itemIdentifier'],
    ['an identifier on its own', { batchItemFailures: ['a'] }, 'batchItemFailures[0].itemIdentifier'],
    ['a null item', { batchItemFailures: [null] }, 'batchItemFailures[0].itemIdentifier'],
  ])('is kept as a whole for a malformed response: %s', (_, payload, reason) => {
    expect(judgeBatch(success(payload), BATCH, true)).toEqual({
      kind: 'failed',
      failed: BATCH,
      reason: expect.stringContaining(reason),
    });
  });
});

describe('a batch', () => {
  test.each([true, false])('is kept as a whole when the function fails (reports failures: %s)', (reports) => {
    const failure = { errorType: 'Runtime.ExitError', errorMessage: 'killed', trace: [] };
    const result = { kind: 'functionError', cause: 'handler', requestId, ...failure } as const;

    expect(judgeBatch(result, BATCH, reports)).toEqual({
      kind: 'failed',
      failed: BATCH,
      reason: 'Runtime.ExitError: killed',
    });
  });

  test.each([[named('a')], ['ok'], [named('x')]])(
    'is deleted whatever the response, when the mapping does not heed it: %j',
    (payload) => {
      expect(judgeBatch(success(payload), BATCH, false)).toEqual({ kind: 'succeeded', deleted: BATCH });
    },
  );
});

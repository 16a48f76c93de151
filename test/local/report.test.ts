import { expect, test } from '@jest/globals';
import { renderResult } from '../../local/report.ts';

const RESULT = {
  messages: 1,
  users: 0,
  deadLetters: {
    unreadable: [],
    groups: [
      {
        errorCode: 'ResourceNotFoundException',
        errorMessage: `The dataset arn:aws:personalize:eu-west-1:123456789012:dataset/${'a-group-of-a-long-name'.repeat(4)}/USERS is gone`,
        count: 1,
      },
    ],
  },
  statistics: { calls: 1, callsByOutcome: { ResourceNotFoundException: 1 }, storingCallsBySize: {} },
  invocations: 1,
} as unknown as Parameters<typeof renderResult>[0];

test.each([80, 110, 200])('what was rejected fits into %i columns, and nothing is cut off', (columns) => {
  const lines = renderResult(RESULT, columns).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBe(columns);
  const cells = lines.map((line) => line.split('│')[3]?.trim() ?? '').join('');
  expect(cells.replaceAll(' ', '')).toContain(RESULT.deadLetters.groups[0]!.errorMessage.replaceAll(' ', ''));
});

test.each([undefined, 0])('off a terminal, and in one of %s columns, there are 120', (columns) => {
  const lines = renderResult(RESULT, columns).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBe(120);
});

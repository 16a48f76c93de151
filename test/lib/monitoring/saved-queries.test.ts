/** The patterns of the saved queries, over lines as Lambda writes them. */
import { describe, expect, test } from '@jest/globals';
import { SAVED_QUERIES } from '../../../lib/monitoring/saved-queries.ts';

const ID = '5f1c9a52-6a6d-4bd6-9d3c-0d9b1f0a2c3e';
const REPORT = `REPORT RequestId: ${ID}\tDuration: 9876.54 ms\tBilled Duration: 9877 ms\tMemory Size: 512 MB\tMax Memory Used: 143 MB`;

/** The regular expressions of a query. */
function patternsOf(name: string): RegExp[] {
  const text = SAVED_QUERIES.find((query) => query.name === name)!.query.toString();
  return [...text.matchAll(/(?:@message|like) \/(.+)\/$/gm)].map(([, pattern]) => new RegExp(pattern!));
}

describe('the query for crashes', () => {
  const [crash] = patternsOf('Crashes');

  test.each([
    `2026-11-23T19:17:58.000Z ${ID} Task timed out after 40.00 seconds`,
    `${REPORT}\tStatus: timeout`,
    `${REPORT}\tStatus: error\tError Type: Runtime.OutOfMemory`,
    `RequestId: ${ID} Error: Runtime exited with error: signal: killed`,
    'Runtime.ExitError',
    'Uncaught Exception {"errorType":"ConfigurationError"}',
    'Invoke Error {"errorType":"TypeError"}',
  ])('finds %s', (line) => {
    expect(line).toMatch(crash!);
  });

  test.each([
    REPORT,
    `START RequestId: ${ID} Version: $LATEST`,
    '{"level":"WARN","message":"Message rejected","errors":{"TimeoutError":1}}',
    '{"level":"INFO","message":"Batch settled","retryErrors":{"RuntimeError":1}}',
  ])('passes over %s', (line) => {
    expect(line).not.toMatch(crash!);
  });
});

test('the query for duration and memory reads what Lambda reports of an invocation', () => {
  const [duration, memory] = patternsOf('Duration and memory').map((pattern) => pattern.exec(REPORT)?.groups);
  expect({ ...duration, ...memory }).toEqual({ duration: '9876.54', memory: '143' });
});

describe.each(SAVED_QUERIES.map(({ name, query }) => [name, query.toString()]))('the query %s', (_, text) => {
  const partOf = (command: string) => new RegExp(`^(?:\\| )?${command} (.+)$`, 'm').exec(text)?.[1] ?? '';

  test('looks for something, since a log group has everything in it', () => {
    expect(partOf('filter')).toMatch(/^(ispresent\(\w+\)|.*"[^"]+".*|@message like \/.+\/)$/);
  });

  test('shows fields or sums that have a name, and is sorted by one of them', () => {
    const fields = partOf('fields').split(', ').filter(Boolean);
    const sums = [...partOf('stats').matchAll(/ (?:as|by|,) (\w+)/g)].map(([, name]) => name);
    const [, by, direction] = /^(\S+) (asc|desc)$/.exec(partOf('sort')) ?? [];
    expect(fields.length + sums.length).toBeGreaterThan(1);
    expect([...fields, ...sums]).toContain(by);
    // What an operator looks for has just happened; only an invocation is read from its beginning.
    expect(direction).toBe(/dead letter"/.test(text) ? 'asc' : 'desc');
  });
});

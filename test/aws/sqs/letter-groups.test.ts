import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLetterGroups, patternOf } from '../../../aws/sqs/letter-groups.ts';
import { letter, reason } from '../../cli/support/letter.ts';
import { runs } from '../../support/property-runs.ts';

describe('groups of dead letters', () => {
  test('count letters that failed for the same reason, the most frequent first', () => {
    const groups = createLetterGroups();
    groups.add(letter({ attributes: reason('B', 'b'), sentAt: 5 }));
    groups.add(letter({ attributes: reason('A', 'a'), sentAt: 20, body: 'late' }));
    groups.add(letter({ attributes: reason('A', 'a'), sentAt: 10, body: 'early', messageId: 'first' }));
    expect(groups.toArray()).toEqual([
      {
        errorCode: 'A',
        errorMessage: 'a',
        count: 2,
        firstSeen: 10,
        lastSeen: 20,
        sample: { messageId: 'first', body: 'early' },
      },
      expect.objectContaining({ errorCode: 'B', count: 1 }),
    ]);
  });

  test('show the message as it is while it is the same, and a pattern when only numbers differ', () => {
    const groups = createLetterGroups();
    groups.add(letter({ attributes: reason('A', 'users[3].properties.age: at most 1000 characters, got 1001') }));
    expect(groups.toArray()[0]!.errorMessage).toBe('users[3].properties.age: at most 1000 characters, got 1001');
    groups.add(letter({ attributes: reason('A', 'users[0].properties.age: at most 1000 characters, got 2500') }));
    expect(groups.toArray()).toHaveLength(1);
    expect(groups.toArray()[0]!.errorMessage).toBe('users[*].properties.age: at most * characters, got *');
  });

  test.each([
    ['request 3f2b0e9e-9f6c-4cf2-8e4b-0a7a36e1b1c2 failed', 'request * failed'],
    ["Property 'age2' is not in the schema", "Property 'age2' is not in the schema"],
    ['users[12].users[3]', 'users[*].users[*]'],
    ['got -1.5', 'got *'],
    ['v1 of x86', 'v1 of x86'],
    ['at most 10.', 'at most *.'],
    ['-3 of 4.25...', '* of *...'],
    ['a.1 and 1.a', 'a.1 and 1.a'],
    ['users[1x]', 'users[1x]'],
    ['users[a]', 'users[a]'],
    ['3f2b0e9e-9f6c-4cf2-8e4b-0a7a36e1b1c', '3f2b0e9e-9f6c-4cf2-8e4b-0a7a36e1b1c'],
    ['a3f2b0e9e-9f6c-4cf2-8e4b-0a7a36e1b1c2', 'a3f2b0e9e-9f6c-4cf2-8e4b-0a7a36e1b1c2'],
    ['3F2B0E9E-9F6C-4CF2-8E4B-0A7A36E1B1C2', '*'],
  ])('%s has the pattern %s', (message, pattern) => {
    expect(patternOf(message)).toBe(pattern);
  });

  test('read a reason of 1 MiB, which anybody may have sent, at once', () => {
    for (const message of [`${'1'.repeat(2 ** 20)}a`, `${'1.'.repeat(2 ** 19)}a`])
      expect(patternOf(message)).toBe(message);
    expect(patternOf('1'.repeat(2 ** 20))).toBe('*');
  });

  test.each([
    ['x'.repeat(1000), `${'x'.repeat(200)}...`],
    ['x'.repeat(201), `${'x'.repeat(200)}...`],
    ['x'.repeat(200), 'x'.repeat(200)],
    // A character that is cut in half is no text.
    [`${'x'.repeat(199)}😀`, `${'x'.repeat(199)}\uFFFD...`],
  ])('cut a long body', (body, shown) => {
    const groups = createLetterGroups();
    groups.add(letter({ body }));
    expect(groups.toArray()[0]!.sample.body).toBe(shown);
  });

  test('of as many letters are in the order of their codes', () => {
    const groups = createLetterGroups();
    for (const code of ['B', 'C', 'A']) groups.add(letter({ attributes: reason(code, 'm') }));
    expect(groups.toArray().map(({ errorCode }) => errorCode)).toEqual(['A', 'B', 'C']);
  });

  test('have for their sample the letter that came first, of equals the one that was seen first', () => {
    const groups = createLetterGroups();
    for (const [messageId, sentAt] of [
      ['b', 5],
      ['c', 5],
      ['d', 7],
    ] as const)
      groups.add(letter({ attributes: reason('A', 'm'), messageId, sentAt }));
    expect(groups.toArray()[0]).toMatchObject({ firstSeen: 5, lastSeen: 7, sample: { messageId: 'b' } });
  });

  test('that are too many are told apart by their code alone, and those there were go on', () => {
    const groups = createLetterGroups();
    for (let index = 0; index < 1000; index++) groups.add(letter({ attributes: reason('A', `name${index}x`) }));
    expect(groups.toArray()).toHaveLength(1000);
    for (const [code, message] of [
      ['A', 'new'],
      ['B', 'new'],
      ['B', 'newer'],
      ['A', 'name7x'],
    ] as const)
      groups.add(letter({ attributes: reason(code, message) }));
    const grown = groups.toArray().map(({ errorCode, errorMessage, count }) => [errorCode, errorMessage, count]);
    expect(grown).toHaveLength(1002);
    expect(grown.slice(0, 2)).toEqual([
      ['A', 'name7x', 2],
      ['B', '(other messages)', 2],
    ]);
    expect(grown).toContainEqual(['A', '(other messages)', 1]);
  });

  test('lose no letter, and stay few however many messages there are', () => {
    const errors = fc.array(fc.record({ code: fc.constantFrom('A', 'B'), message: fc.string() }), { maxLength: 50 });
    fc.assert(
      fc.property(errors, (some) => {
        const groups = createLetterGroups();
        for (const { code, message } of some) groups.add(letter({ attributes: reason(code, message) }));
        const total = groups.toArray().reduce((sum, { count }) => sum + count, 0);
        expect(total).toBe(some.length);
      }),
      runs(100),
    );
    const groups = createLetterGroups();
    for (let index = 0; index < 3000; index++) groups.add(letter({ attributes: reason('A', `name${index}x`) }));
    expect(groups.toArray()).toHaveLength(1001);
    expect(groups.toArray()[0]).toMatchObject({ errorMessage: '(other messages)', count: 2000 });
  });
});

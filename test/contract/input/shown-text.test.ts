import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { breakLongWords, escapeInvisible, firstInvisible, quoted } from '../../../contract/input/shown-text.ts';
import { createMessageReader } from '../../../contract/message/read-message.ts';
import { readSetting, text } from '../../../lib/setting.ts';
import { readSettings } from '../../../lib/settings.ts';
import { readUser } from '../../../producer/read-user.ts';
import { runs } from '../../support/property-runs.ts';

const read = createMessageReader({ maxPropertiesLength: 4096 });

describe('what cannot be seen is shown as an escape', () => {
  test.each([
    ['\uFEFFUSER_ID', '"\\ufeffUSER_ID"'],
    ['\u00A0AGE', '"\\u00a0AGE"'],
    ['a\u200Bb', '"a\\u200bb"'],
    ['a\u202Eb', '"a\\u202eb"'],
    ['a\u3164b', '"a\\u3164b"'],
    ['a\u{E0001}b', '"a\\u{e0001}b"'],
    ['a\u0085b\u007F', '"a\\u0085b\\u007f"'],
    ['\u2028', '"\\u2028"'],
    ['\uD800', '"\\ud800"'],
    ['two words, "é" 語 😀\n', '"two words, \\"é\\" 語 😀\\n"'],
  ])('%j', (plain, shown) => {
    expect(quoted(plain)).toBe(shown);
  });

  test('by its name, where it has one', () => {
    expect(firstInvisible('a\u00A0b\uFEFF')).toBe('\\u00a0, a no-break space');
    expect(firstInvisible('a\u{E0001}')).toBe('\\u{e0001}');
    expect(firstInvisible('two words')).toBeUndefined();
  });

  test.each([
    ['\0', 'a NUL byte'],
    ['\u001A', 'Ctrl-Z'],
    ['\u00A0', 'a no-break space'],
    ['\u00AD', 'a soft hyphen'],
    ['\u200B', 'a zero width space'],
    ['\u200C', 'a zero width non-joiner'],
    ['\u200D', 'a zero width joiner'],
    ['\u200E', 'a left-to-right mark'],
    ['\u200F', 'a right-to-left mark'],
    ['\u202F', 'a narrow no-break space'],
    ['\u2060', 'a word joiner'],
    ['\u3000', 'an ideographic space'],
    ['\uFEFF', 'a byte order mark'],
  ])('%j is %s', (character, name) => {
    expect(firstInvisible(`a${character}b`)).toBe(`${escapeInvisible(character)}, ${name}`);
  });

  test('and long text is cut, never within an escape', () => {
    expect(quoted('a\u{E0001}b', 10)).toBe('"a\\u{e0001}..."');
    expect(quoted('a\u{E0001}b', 9)).toBe('"a..."');
    expect(quoted('a\uFEFFb', 6)).toBe('"a..."');
    expect(quoted('n'.repeat(81), 80)).toBe(`"${'n'.repeat(80)}..."`);
    expect(quoted('n'.repeat(80), 80)).toBe(`"${'n'.repeat(80)}"`);
    expect(quoted('\uFEFF'.repeat(80), 20)).toBe('"\\ufeff\\ufeff\\ufeff..."');
  });

  test('so that two texts that differ are never shown alike, and nothing odd is left', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 6 });
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        if (one !== other) expect(quoted(one)).not.toBe(quoted(other));
        expect(quoted(one)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFEFF\u00A0\u200B]/u);
        expect(quoted(one, 10).length).toBeLessThanOrEqual(15);
        expect(escapeInvisible(escapeInvisible(one))).toBe(escapeInvisible(one));
      }),
      runs(500),
    );
  });
});

describe('words that are longer than a line', () => {
  test.each([
    ['abcdefgh', 'abc\ndef\ngh'],
    ['abc', 'abc'],
    ['abcd', 'abc\nd'],
    ['abcdef', 'abc\ndef'],
    ['ab abcd  a', 'ab abc\nd  a'],
    ['', ''],
  ])('are broken within it: %j', (text, broken) => {
    expect(breakLongWords(text, 3)).toBe(broken);
  });
});

describe('in every message that has a name or a value of others', () => {
  const reasonOf = (body: string) => {
    const reading = read(body);
    return reading.kind === 'invalid' ? reading.reason.message : 'taken';
  };

  test('the reason of a dead letter', () => {
    expect(reasonOf('{"user\u200BId":"a"}')).toBe('userId: is required');
    expect(reasonOf('{"userId":"a","\u00A0userId":"b"}')).toBe(
      '["\\u00a0userId"]: is not a member of the message contract',
    );
    expect(reasonOf('{"userId":\u00A0"a"}')).toContain('\\u00a0');
    expect(reasonOf('{"userId":\u00A0"a"}')).not.toContain('\u00A0');
  });

  test('the refusal of a producer', () => {
    expect(readUser({ userId: 'a', properties: { 'a\u200Bge': [] } }, read)).toMatchObject({
      reason: { message: expect.stringMatching(/^properties\["a\\u200bge"\]: /) },
    });
  });

  test('a setting', () => {
    expect(() =>
      readSetting(
        'stackName',
        text('letters', () => false),
        'Users\u200B',
      ),
    ).toThrow('"Users\\u200b"');
    expect(() => readSettings({ 'fifo\u200B': true })).toThrow('fifo\\u200b is not a setting; did you mean fifo');
  });
});

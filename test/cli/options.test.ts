/** Every option of every command, fed with what a person might type. */
import { describe, expect, test } from '@jest/globals';
import { type Command, InvalidArgumentError, type Option } from 'commander';
import fc from 'fast-check';
import { createProgram } from '../../cli/program.ts';
import { runs } from '../support/property-runs.ts';

function leavesOf(command: Command, path: readonly string[] = []): readonly (readonly [string, Option])[] {
  const name = [...path, command.name()];
  return [
    ...command.options.map((option) => [`${name.join(' ')} ${option.flags}`, option] as const),
    ...command.commands.flatMap((sub) => leavesOf(sub, name)),
  ];
}

const OPTIONS = leavesOf(await createProgram());
const PARSED = OPTIONS.filter(([, { parseArg }]) => parseArg !== undefined);

const typed = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.constantFrom(
    '',
    ' ',
    '-1',
    '0',
    '1.5',
    '1e9',
    '0x10',
    '+1',
    '007',
    'NaN',
    '-Infinity',
    'null',
    '１',
    '1,000',
    '__proto__',
  ),
);

describe('an option that takes a value', () => {
  test('there are some, or this tests nothing', () => {
    expect(PARSED.length).toBeGreaterThan(10);
  });

  test.each(PARSED)('%s takes it, or says what it takes', (_, option) => {
    fc.assert(
      fc.property(typed, (text) => {
        let value: unknown;
        try {
          value = option.parseArg?.(text, option.defaultValue);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidArgumentError);
          expect((error as Error).message).toMatch(/^(It takes .*\.|Allowed choices are .*\.)$/s);
          return;
        }
        if (typeof value === 'number') expect(Number.isFinite(value) && value >= 0).toBe(true);
        else expect(value).toBeDefined();
      }),
      runs(200),
    );
  });

  test.each(OPTIONS)('%s has a description of one sentence', (_, { description, hidden }) => {
    expect(hidden || (description.length > 0 && !description.endsWith('.'))).toBe(true);
  });
});

/** One thing that can be set, and the kinds of it. No CDK here: a setting is read before there is anything to build. */

import { escapeInvisible } from '../contract/input/shown-text.ts';
import { isWholeNumber, wholeNumberWords } from '../contract/input/whole-number.ts';

/** A thing that can be set: what it takes, in words and as a check. */
export interface Setting<T> {
  /** Completes the sentence "`batchSize` takes ...". */
  readonly takes: string;
  /**
   * Reads a value: typed as code has it, or as text from a command line.
   *
   * @returns undefined when the value is not one that the setting takes
   */
  readonly read: (value: unknown) => T | undefined;
}

/** A value that a setting does not take, or that cannot work together with another. Its message is one sentence. */
export class SettingError extends Error {
  /** What it is told by. */
  override readonly name = 'SettingError';
  /** The setting to change. */
  readonly setting: string;

  constructor(setting: string, sentence: string) {
    super(sentence);
    this.setting = setting;
  }
}

/**
 * Reads one setting.
 *
 * @throws SettingError that names the setting, what it takes and what it got
 */
export function readSetting<T>(name: string, setting: Setting<T>, value: unknown): T {
  const read = setting.read(value);
  if (read === undefined) throw new SettingError(name, `${name} takes ${setting.takes}, but got ${shown(value)}.`);
  return read;
}

/**
 * Checks one setting as code gives it. A text of a number, as environment variables are, would be reckoned with as text; and
 * JavaScript takes `'false'` for true.
 *
 * @throws SettingError as {@link readSetting}, and for a text that only stands for what the setting takes
 */
export function checkSetting<T>(name: string, setting: Setting<T>, value: unknown): void {
  const read = readSetting(name, setting, value);
  if (typeof value !== 'string' || typeof read === 'string') return;
  const remedy = Array.isArray(read) ? 'give a list' : 'leave out the quotes';
  throw new SettingError(name, `${name} takes ${setting.takes}, but got ${shown(value)}, a text: ${remedy}.`);
}

/** A whole number within limits, both included. */
export function wholeNumber(min: number, max: number): Setting<number> {
  return {
    takes: wholeNumberWords(min, max),
    read: (value) => {
      const number = asNumber(value);
      return isWholeNumber(number, min, max) ? number : undefined;
    },
  };
}

/** One of a few numbers. */
export function oneOfNumbers(numbers: readonly number[]): Setting<number> {
  return {
    takes: `one of ${numbers.join(', ')}`,
    read: (value) => numbers.find((number) => number === asNumber(value)),
  };
}

/** One of a few words, in the case given. */
export function oneOfWords<Word extends string>(words: readonly Word[]): Setting<Word> {
  return {
    takes: `one of ${words.join(', ')}`,
    read: (value) => words.find((word) => word === value),
  };
}

/** True or false. */
export function flag(): Setting<boolean> {
  return {
    takes: 'true or false',
    read: (value) => [true, false].find((either) => value === either || value === String(either)),
  };
}

/** Text that passes a check. */
export function text(takes: string, accepts: (value: string) => boolean): Setting<string> {
  return {
    takes,
    read: (value) => (typeof value === 'string' && accepts(value) ? value : undefined),
  };
}

/** Any number of texts: a list, or one text with commas between. */
export function texts(takes: string, accepts: (value: string) => boolean): Setting<readonly string[]> {
  return {
    takes,
    read: (value) => {
      const list = typeof value === 'string' ? splitAtCommas(value) : value;
      if (!Array.isArray(list)) return undefined;
      return list.every((item) => typeof item === 'string' && accepts(item)) ? list : undefined;
    },
  };
}

function asNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
}

function splitAtCommas(value: string): string[] {
  return value.trim() === '' ? [] : value.split(',').map((item) => item.trim());
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON has no NaN, no Infinity and no bigint, and writes null or fails.
  if ((typeof value === 'number' && !Number.isFinite(value)) || typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  try {
    return escapeInvisible(JSON.stringify(value));
  } catch {
    return 'an object that is no JSON';
  }
}

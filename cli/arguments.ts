/** Parsers for the values of options; commander says what they throw, with the option's name. */

import { InvalidArgumentError } from 'commander';
import { isMessageGroupId } from '../aws/sqs/message-group.ts';
import { isWholeNumber, wholeNumberWords } from '../contract/input/whole-number.ts';

/** A whole number of at least 1. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('It takes a whole number, 1 or more.');
  }
  return value;
}

/** Makes the parser of a whole number within limits, both included. */
export function wholeNumberFrom(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && isWholeNumber(value, min, max)) return value;
    throw new InvalidArgumentError(`It takes ${wholeNumberWords(min, max)}.`);
  };
}

/** A number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('It takes a number above 0.');
  }
  return value;
}

/** Makes the parser of a number within limits, both included: of a wait, say, which a timer of Node ends at 2^31 ms. */
export function numberFrom(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It takes a number from ${min} to ${max}.`);
  };
}

/** A message group, or a source, as SQS takes it. */
export function messageGroup(text: string): string {
  if (isMessageGroupId(text)) return text;
  throw new InvalidArgumentError('It takes 1 to 128 letters, digits and punctuation characters.');
}

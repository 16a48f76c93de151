/** Whether a field of the schema takes a value: exactly, in doubt, or never. */
import { characters } from './characters.ts';
import { hasBits, isJsonNumber, isNotFinite, isOtherNumber, wholeNumberIn } from './number-text.ts';
import { isNumberText, type WrittenValue } from './properties.ts';
import type { UncertainKind } from './uncertain-misfits.ts';
import type { Field, FieldType } from './users-schema.ts';

/** How a field takes a value: as documented; only if a kind of misfit is accepted; or never. */
export type Fit = 'takes' | UncertainKind | 'never';

/** The most characters of a categorical value. Source: quotas page of the developer guide. */
export const MAX_CATEGORY_LENGTH = 1000;

/** Each way in which a field takes a value: one for each type of its union. */
export function fitsOf({ types, categorical }: Field, value: WrittenValue): readonly Fit[] {
  if (value === null) return [types.includes('null') ? 'takes' : 'nullNotAllowed'];
  const others = types.filter((type) => type !== 'null');
  return others.length === 0 ? ['valueForNull'] : others.map((type) => fitOf(type, value, categorical));
}

function fitOf(type: Exclude<FieldType, 'null'>, value: Exclude<WrittenValue, null>, categorical: boolean): Fit {
  switch (type) {
    case 'string':
      return fitOfString(value, categorical);
    case 'boolean':
      return fitOfBoolean(value);
    case 'int':
      return fitOfWhole(32, value);
    case 'long':
      return fitOfWhole(64, value);
    case 'float':
      return fitOfReal(FLOAT_LIMIT, value);
    case 'double':
      return fitOfReal(Number.POSITIVE_INFINITY, value);
  }
}

function fitOfString(value: Exclude<WrittenValue, null>, categorical: boolean): Fit {
  if (typeof value === 'boolean') return 'booleanForText';
  if (isNumberText(value)) return 'numberForText';
  return categorical && characters(value) > MAX_CATEGORY_LENGTH ? 'longCategory' : 'takes';
}

function fitOfBoolean(value: Exclude<WrittenValue, null>): Fit {
  if (typeof value === 'boolean') return 'takes';
  if (isNumberText(value)) return 'numberForBoolean';
  return value === 'true' || value === 'false' ? 'textForBoolean' : 'otherBooleanText';
}

function fitOfWhole(bits: 32 | 64, value: Exclude<WrittenValue, null>): Fit {
  if (typeof value === 'boolean') return 'booleanForNumber';
  if (typeof value === 'string' && !isJsonNumber(value)) return isOtherNumber(value) ? 'otherNumberText' : 'never';
  const text = typeof value === 'string' ? value : value.rawJSON;
  const whole = wholeNumberIn(text);
  if (whole === undefined || !hasBits(bits, whole)) return 'never';
  if (String(whole) === text) return 'takes';
  return typeof value === 'string' ? 'otherNumberText' : 'otherNumber';
}

/** Half a step above the largest float: from here on, a number is rounded to infinity. */
const FLOAT_LIMIT = 2 ** 128 - 2 ** 103;

/** @param limit what a number must stay below */
function fitOfReal(limit: number, value: Exclude<WrittenValue, null>): Fit {
  if (typeof value === 'boolean') return 'booleanForNumber';
  if (typeof value === 'string' && !isJsonNumber(value)) {
    return isOtherNumber(value) || isNotFinite(value) ? 'otherNumberText' : 'never';
  }
  const text = typeof value === 'string' ? value : value.rawJSON;
  return Math.abs(Number(text)) < limit ? 'takes' : 'never';
}

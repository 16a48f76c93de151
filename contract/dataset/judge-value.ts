/** Whether one value fits one field of the schema. Pure, and exact to the digit. */
import { quoted } from '../input/shown-text.ts';
import { hasAtMostCharacters } from '../message/characters.ts';
import { type ExactNumber, exactNumber, isExactNumber } from '../message/exact-json.ts';
import { fitsInto, JSON_NUMBER, wholeOf } from './decimal.ts';
import { isCertain, type MisfitKind } from './misfits.ts';
import type { Field, FieldType } from './users-schema.ts';

/** A property's value, as the contract lets it through. */
export type Value = string | number | boolean | null | ExactNumber;

/** How a value fits. */
export type Fit =
  /** As it is. */
  | { readonly kind: 'fits' }
  /** As the same number, written so that the type takes it: 31 for 31.0. */
  | { readonly kind: 'fitsAs'; readonly value: ExactNumber }
  | { readonly kind: 'misfit'; readonly misfit: MisfitKind; readonly problem: string };

/** Characters of a categorical value, at most. Source: Personalize quotas page, which speaks of import jobs. */
export const MAX_CATEGORY_LENGTH = 1000;

const FITS: Fit = { kind: 'fits' };

/** Judges a value by the type of its field; of a union, by the type that suits it best. */
export function judgeValue(field: Field, value: Value): Fit {
  const { types } = field;
  if (value === null) return types.includes('null') ? FITS : misfit('nullNotAllowed', field, value);
  let best: Fit | undefined;
  for (const type of types) {
    if (type === 'null') continue;
    const fit = JUDGES[type](value, field);
    if (fit.kind === 'fits') return fit;
    if (best === undefined || rank(fit) < rank(best)) best = fit;
  }
  return best ?? misfit('valueForNull', field, value);
}

/** The lower the better: what may yet be taken comes before what is surely not. */
function rank(fit: Fit): number {
  if (fit.kind !== 'misfit') return 0;
  return isCertain({ kind: fit.misfit }) ? 2 : 1;
}

type Judge = (value: Exclude<Value, null>, field: Field) => Fit;

const JUDGES: Readonly<Record<Exclude<FieldType, 'null'>, Judge>> = {
  boolean: judgeBoolean,
  int: (value, field) => judgeWhole(32, value, field),
  long: (value, field) => judgeWhole(64, value, field),
  float: (value, field) => judgeReal(Math.fround, value, field),
  double: (value, field) => judgeReal(Number, value, field),
  string: judgeString,
};

function judgeBoolean(value: Exclude<Value, null>, field: Field): Fit {
  if (typeof value === 'boolean') return FITS;
  if (typeof value !== 'string') return misfit('numberForBoolean', field, value);
  return misfit(value === 'true' || value === 'false' ? 'textForBoolean' : 'otherBooleanText', field, value);
}

function judgeString(value: Exclude<Value, null>, field: Field): Fit {
  if (typeof value === 'boolean') return misfit('booleanForText', field, value);
  if (typeof value !== 'string') return misfit('numberForText', field, value);
  return field.categorical && !hasAtMostCharacters(value, MAX_CATEGORY_LENGTH)
    ? misfit('longCategory', field, value)
    : FITS;
}

function judgeWhole(bits: 32 | 64, value: Exclude<Value, null>, field: Field): Fit {
  if (typeof value === 'boolean') return misfit('booleanForNumber', field, value);
  if (typeof value === 'number' && bits === 32 && (value | 0) === value && !Object.is(value, -0)) return FITS;
  const text = textOf(value);
  if (!JSON_NUMBER.test(text)) return misfit(isLikeANumber(text) ? 'otherNumberText' : 'notANumber', field, value);
  const whole = wholeOf(text);
  if (whole.kind === 'fraction') return misfit('fraction', field, value);
  if (!fitsInto(bits, whole)) return misfit('outOfRange', field, value);
  const digits = String(whole.value);
  if (digits === text) return FITS;
  return typeof value === 'string'
    ? misfit('otherNumberText', field, value)
    : { kind: 'fitsAs', value: exactNumber(digits) };
}

/** @param round - to the precision of the type */
function judgeReal(round: (value: number) => number, value: Exclude<Value, null>, field: Field): Fit {
  if (typeof value === 'boolean') return misfit('booleanForNumber', field, value);
  const text = textOf(value);
  if (!JSON_NUMBER.test(text)) return misfit(isLikeANumber(text) ? 'otherNumberText' : 'notANumber', field, value);
  return Number.isFinite(round(Number(text))) ? FITS : misfit('outOfRange', field, value);
}

function textOf(value: string | number | ExactNumber): string {
  return isExactNumber(value) ? value.rawJSON : String(value);
}

/** Whether some parser may read a text as a number: `1,000`, `031`, ` 31`, `31.`, `0x1F`, `NaN`, `1_000`, `31L`. */
function isLikeANumber(text: string): boolean {
  const bare = text.trim();
  if (/^[+-]?(nan|inf(inity)?)$/i.test(bare)) return true;
  return /\d/.test(bare) && /^[-+]?[\d\s.,_'’]+(e[-+]?\d+)?[dfl]?$|^[-+]?0[xob][\da-f]+$/i.test(bare);
}

/** What is wrong with the value, for each kind that is about a value. */
const PROBLEMS = {
  notANumber: 'is no number',
  outOfRange: 'is out of range',
  fraction: 'has a fraction',
  otherNumberText: 'is a number in a text, written in an unusual way',
  numberForText: 'is a number',
  booleanForText: 'is no text',
  textForBoolean: 'is a text',
  otherBooleanText: 'is a text',
  numberForBoolean: 'is a number',
  booleanForNumber: 'is no number',
  valueForNull: 'is not null',
  longCategory: `has more than ${MAX_CATEGORY_LENGTH} characters, the most of a category`,
  nullNotAllowed: 'is not allowed',
} as const satisfies Partial<Record<MisfitKind, string>>;

function misfit(kind: keyof typeof PROBLEMS, field: Field, value: Value): Fit {
  return { kind: 'misfit', misfit: kind, problem: `${shown(value)} ${PROBLEMS[kind]}; ${takes(field)}` };
}

/** Such as `the schema's AGE takes a whole number of 32 bits (int) or null`. */
export function takes({ name, types }: Field): string {
  return `the schema's ${name} takes ${types.map((type) => WORDS[type]).join(' or ')}`;
}

const WORDS: Readonly<Record<FieldType, string>> = {
  null: 'null',
  boolean: 'true or false',
  int: 'a whole number of 32 bits (int)',
  long: 'a whole number of 64 bits (long)',
  float: 'a number (float)',
  double: 'a number (double)',
  string: 'a text (string)',
};

const LONGEST_VALUE_SHOWN = 40;

function shown(value: Value): string {
  if (typeof value === 'string') return quoted(value, LONGEST_VALUE_SHOWN);
  return isExactNumber(value) ? value.rawJSON.slice(0, LONGEST_VALUE_SHOWN) : String(value);
}

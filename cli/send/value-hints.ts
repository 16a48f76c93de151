/** What somebody meant by a text that is no value of its column's type, and how to write that. Nothing is changed: it is said. */

import type { FieldType } from '../../contract/dataset/users-schema.ts';
import { firstInvisible, quoted } from '../../contract/input/shown-text.ts';

const LONGEST_VALUE_SHOWN = 40;

/** Such as `, not "031": write 31, without the zero in front`. */
export function describeMisfit(text: string, types: readonly FieldType[]): string {
  const hint = findHint(text, types);
  return `, not ${quoted(text, LONGEST_VALUE_SHOWN)}${hint === undefined ? '' : `: ${hint}`}`;
}

function findHint(text: string, types: readonly FieldType[]): string | undefined {
  const invisible = firstInvisible(text);
  if (invisible !== undefined) return `remove ${invisible}, which cannot be seen`;
  if (text.trim() === '') return 'for no value, leave it empty';
  if (text !== text.trim()) return 'remove the blank around it';
  const [, inQuotes] = /^'(.*)'$/.exec(text) ?? [];
  if (inQuotes !== undefined) return `write ${inQuotes}, without the quotes`;
  if (/^(null|none|nil|nan|n\/?a|undefined|-|\\n)$/i.test(text)) return 'for no value, leave it empty';
  if (types.includes('boolean')) {
    if (/^(true|false)$/i.test(text)) return `write ${text.toLowerCase()}, in small letters`;
    if (/^(yes|y|t|on|1)$/i.test(text)) return 'is true meant?';
    if (/^(no|n|f|off|0)$/i.test(text)) return 'is false meant?';
  }
  const isWhole = types.includes('int') || types.includes('long');
  return isWhole || types.includes('float') || types.includes('double') ? hintForNumber(text, isWhole) : undefined;
}

/** In this order: each takes the others for granted. */
const NUMBER_HINTS: readonly (readonly [RegExp, (match: RegExpExecArray, isWhole: boolean) => string | undefined])[] = [
  [/^-?0+(\d+)$/, ([, digits]) => `write ${digits}, without zeros in front; if they count, it is a text`],
  [/^\+(\d.*)$/, ([, digits]) => `write ${digits}, without the plus`],
  [
    /^(-?\d+)\.0*$/,
    ([text, digits], isWhole) => (isWhole ? `${text} has a decimal point: write ${digits}` : `write ${digits}`),
  ],
  [/^-?\d{1,3}([,'. ]\d{3})+$/, ([text], isWhole) => thousands(text, isWhole)],
  [/^(-?\d+),(\d+)$/, ([, whole, fraction]) => `is a decimal comma meant? Then write ${whole}.${fraction}`],
  [/^(-?)(\.\d+)$/, ([, sign, fraction]) => `write ${sign}0${fraction}`],
  [/^-?\d+\.\d+$/, (_, isWhole) => (isWhole ? 'it has a fraction' : 'it is beyond what the field holds')],
  [
    /^-?[\d.]+e[+-]?\d+$/i,
    (_, isWhole) =>
      isWhole ? 'it has a fraction, or is beyond what the field holds' : 'it is beyond what the field holds',
  ],
  [/^-?\d+$/, () => 'it is beyond what the field holds'],
  [/^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/, () => 'it is a date, and the field takes a number'],
  [/^[^\d]{0,4}\d[\d.,]*[^\d]{0,4}$/, () => 'write the number alone'],
];

function hintForNumber(text: string, isWhole: boolean): string | undefined {
  if (text.length > 400) return 'it is beyond what the field holds';
  for (const [pattern, hint] of NUMBER_HINTS) {
    const match = pattern.exec(text);
    const found = match && hint(match, isWhole);
    if (found) return found;
  }
  return undefined;
}

function thousands(text: string, isWhole: boolean): string | undefined {
  // 1.000 in a field of fractions is a number.
  if (!isWhole && text.includes('.')) return undefined;
  return `is a mark for thousands meant? Then write ${text.replace(/[^\d-]/g, '')}`;
}

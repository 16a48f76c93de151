/** Schemas of Users datasets, and properties of users that fit them, hardly fit them, or do not fit them. */
import fc from 'fast-check';
import { propertyNameOf } from '../../contract/dataset/property-name.ts';

/** A field, as an Avro schema has it. */
export interface AvroField {
  readonly name: string;
  readonly type: string | readonly string[];
  readonly categorical?: boolean;
}

/** The text of a Users schema of such fields. */
export function schemaText(fields: readonly AvroField[]): string {
  return JSON.stringify({ type: 'record', name: 'Users', fields: [{ name: 'USER_ID', type: 'string' }, ...fields] });
}

/** The types of a field. */
export const TYPES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'string'];
const NAMES = [
  'AGE',
  'age_group',
  'Email',
  'FullName',
  'memberClass',
  'NUMBER_OF_VIDEOS_WATCHED',
  'GENRE_L2',
  '_PRIVATE__FIELD_',
  'x',
  'Membership_Type',
  'aBC',
  'URL',
];

/** The name of an Avro field. */
export const fieldName = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/) },
);

const unionOf = (maxLength: number) =>
  fc
    .uniqueArray(fc.constantFrom(...TYPES), { minLength: 1, maxLength })
    .map((types) => (types.length === 1 ? types[0]! : types));

/** The types of a field, at most so many in its union. */
export function fieldOf(type: fc.Arbitrary<string | readonly string[]> = unionOf(4)): fc.Arbitrary<AvroField> {
  return fc.tuple(fieldName, type, fc.boolean()).map(([name, each, categorical]) => ({
    name,
    type: each,
    ...(categorical && each.includes('string') && { categorical }),
  }));
}

const INTEGERS = [0n, 1n, 31n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n, 10n ** 25n].flatMap((near) =>
  [near - 1n, near, near + 1n].flatMap((each) => [each, -each]),
);
const integer = fc.oneof(fc.constantFrom(...INTEGERS), fc.bigInt(-(2n ** 33n), 2n ** 33n));

/** A JSON number, written in one of the ways in which it can be. */
const jsonNumber = fc.oneof(
  integer.map(String),
  integer.map((each) => `${each}.0`),
  integer.map((each) => `${each}.00e0`),
  integer.map((each) => `${each}E+1`),
  integer.map((each) => `${each}0e-1`),
  integer.map((each) => `${each}.5`),
  integer.map((each) => `${each}.0000000000000000000001`),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom('-0', '0.0', '3.4028234663852886e38', '3.4028235677973366e38', '3.5e38', '1e308', '1e-7', '4.9e-324'),
  fc.constantFrom('9.223372036854775807e18', '9.223372036854775808e18', '92233720368547758070e-1', '0e5', '1e0'),
);

/** A text that is a number, or looks like one to somebody. */
const numberLikeText = fc.oneof(
  jsonNumber,
  jsonNumber.map((each) => ` ${each}`),
  jsonNumber.map((each) => `+${each}`),
  jsonNumber.map((each) => `0${each}`),
  jsonNumber.map((each) => `${each}L`),
  fc.constantFrom('1,000', '1.000,5', '1_000', "1'000", '1 000', '31.', '.5', '0x1F', '0b11', '0o7', '1e999', '-1e999'),
  fc.constantFrom(
    'NaN',
    'Infinity',
    '-inf',
    '١٢',
    '3१',
    '1.2.3',
    '12:30',
    '2026-11-26',
    '1e',
    'e1',
    '--1',
    '',
    ' ',
    '-',
    '.',
  ),
);

const text = fc.oneof(
  numberLikeText,
  fc.constantFrom('true', 'false', 'TRUE', 'yes', 'null', 'Crime|Drama', 'x'.repeat(1000), '😀'.repeat(1001)),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);

/** The JSON text of a value that the message contract lets through, or nearly any. */
export const valueText = fc.oneof(
  { weight: 4, arbitrary: jsonNumber },
  { weight: 4, arbitrary: text.map((each) => JSON.stringify(each)) },
  { weight: 1, arbitrary: fc.constantFrom('true', 'false', 'null') },
);

/** The JSON text of a value that such a field may well take. */
function likelyText({ type }: AvroField): fc.Arbitrary<string> {
  const types = typeof type === 'string' ? [type] : type;
  return fc.constantFrom(...types).chain((each) => {
    switch (each) {
      case 'null':
        return fc.constant('null');
      case 'boolean':
        return fc.constantFrom('true', 'false');
      case 'string':
        return text.map((value) => JSON.stringify(value));
      case 'int':
      case 'long':
        return fc.oneof(
          fc.oneof(
            integer.map(String),
            integer.map((value) => JSON.stringify(String(value))),
          ),
          jsonNumber,
        );
      default:
        return fc.oneof(
          jsonNumber,
          jsonNumber.map((value) => JSON.stringify(value)),
        );
    }
  });
}

const SPELLINGS = [
  (name: string) => name,
  (name: string) => name.toUpperCase(),
  (name: string) => name.toLowerCase(),
  (name: string) => name.replaceAll('_', ''),
  (name: string) => `${name}_`,
];

/**
 * The JSON text of a user's properties.
 *
 * @param care - how much more often a field is given as it should be than in any other way
 */
export function userOf(fields: readonly AvroField[], care: number): fc.Arbitrary<string> {
  const members = fields.map((field) => {
    const name = fc.oneof(
      { weight: care, arbitrary: fc.constantFrom(field.name, propertyNameOf(field.name)) },
      { weight: 1, arbitrary: fc.constantFrom(...SPELLINGS).map((spell) => spell(field.name)) },
    );
    const value = fc.oneof({ weight: care, arbitrary: likelyText(field) }, { weight: 1, arbitrary: valueText });
    return fc.option(fc.tuple(name, value), { freq: 3 * care });
  });
  const another = fc.tuple(fc.oneof(fieldName, fc.constantFrom('userId', 'USER_ID', '__proto__')), valueText);
  const more = fc.oneof({ weight: 5 * care, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: another });
  return fc.tuple(...members, more).map((options) => {
    const given = new Map(options.filter((option) => option !== null));
    return `{${[...given].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
  });
}

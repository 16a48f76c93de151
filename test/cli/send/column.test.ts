import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type Column, readColumns } from '../../../cli/send/column.ts';
import { readUsersSchema } from '../../../local/put-users/avro-schema.ts';

const SCHEMA = readUsersSchema(readFileSync(new URL('../../../samples/users-schema.avsc', import.meta.url), 'utf8'));

describe('a header', () => {
  test('names properties as the schema does, or in camelCase', () => {
    const columns = readColumns(['USER_ID', 'NUMBER_OF_VIDEOS_WATCHED', 'membershipType'], undefined);
    expect(columns.map((column) => (column === 'userId' ? column : column.name))).toEqual([
      'userId',
      'numberOfVideosWatched',
      'membershipType',
    ]);
    expect(readColumns(['userId'], undefined)).toEqual(['userId']);
  });

  test.each([
    [['AGE'], 'the header has no USER_ID'],
    [['USER_ID', 'AGE', 'AGE'], 'the header has age twice. Leave one of the columns out.'],
    [['USER_ID', 'AGE', 'age'], 'the header has age twice, as AGE and as age.'],
    [['USER_ID', 'userId'], 'the header has userId twice'],
    [['USER_ID', 'Member Since'], 'column 2 of the header is "Member Since". A name is that of the schema\'s field'],
    [['USER_ID', 'membership_type'], 'column 2 of the header is "membership_type".'],
    [['USER_ID', ''], 'column 2 of the header is "".'],
    [['USER_ID;AGE'], 'Then give --delimiter ";".'],
    [['USER_ID\tAGE'], 'Then give --delimiter tab.'],
  ])('%j is refused', (header, sentence) => {
    expect(() => readColumns(header, undefined)).toThrow(sentence);
  });

  test.each([
    [['USER_ID', 'SHOE_SIZE'], 'the header has shoeSize, which the schema has not. It has age, gender,'],
    [['USER_ID', 'GENDR'], 'Is gender meant?'],
  ])('%j is refused when the schema has no such field', (header, sentence) => {
    expect(() => readColumns(header, SCHEMA)).toThrow(sentence);
  });
});

describe('a value', () => {
  const read = (field: string, text: string, schema?: typeof SCHEMA) => {
    const cell = (readColumns(['USER_ID', field], schema)[1] as Column).read(text);
    return cell.kind === 'value' ? cell.json : cell.problem;
  };

  test.each(['31', '007', 'true', 'null', '1e3', ' x '])('%j is text when nobody says otherwise', (text) => {
    expect(read('AGE', text)).toBe(JSON.stringify(text));
  });

  test.each([
    ['AGE', '31', '31'],
    ['AGE', '-2147483648', '-2147483648'],
    ['NUMBER_OF_VIDEOS_WATCHED', '9223372036854775807', '9223372036854775807'],
    ['AVERAGE_RATING', '4.50', '4.50'],
    ['AVERAGE_RATING', '-1e-7', '-1e-7'],
    ['SUBSCRIBED', 'true', 'true'],
    ['COUNTRY', '31', '"31"'],
  ])('of %s, %s, is what the schema says', (field, text, json) => {
    expect(read(field, text, SCHEMA)).toBe(json);
  });

  test.each([
    ['AGE', '31.5', 'must be a whole number of 32 bits, like 31, as the schema says'],
    ['AGE', '2147483648', 'must be a whole number of 32 bits'],
    ['AGE', '007', 'must be a whole number'],
    ['AGE', ' 31', 'must be a whole number'],
    ['AGE', '+31', 'must be a whole number'],
    ['NUMBER_OF_VIDEOS_WATCHED', '9223372036854775808', 'must be a whole number of 64 bits'],
    ['NUMBER_OF_VIDEOS_WATCHED', '1'.repeat(1_000_000), 'must be a whole number of 64 bits'],
    ['AVERAGE_RATING', '4,5', 'must be a number, like 4.5'],
    ['AVERAGE_RATING', '1e999', 'must be a number'],
    ['SUBSCRIBED', 'TRUE', 'must be true or false'],
  ])('of %s, %s, is refused', (field, text, sentence) => {
    expect(read(field, text, SCHEMA)).toContain(sentence);
  });
});

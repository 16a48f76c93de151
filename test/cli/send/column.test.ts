import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type Column, readColumns } from '../../../cli/send/column.ts';
import { readUsersSchema } from '../../../contract/dataset/read-users-schema.ts';

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

describe('a near miss in a header is told what was meant', () => {
  const SCHEMALESS = undefined;
  test.each([
    [['user_id', 'AGE'], 'Is USER_ID meant? Then write that.'],
    [['User_ID'], 'Is USER_ID meant?'],
    [['User ID'], 'Is USER_ID meant?'],
    [
      ['AGE', 'userID'],
      'the header has no USER_ID. The first line must name the columns, one of them USER_ID or userId. Is userID meant? Then write it USER_ID.',
    ],
    [['userid'], 'Is userid meant?'],
    [['customer_id', 'AGE'], "Is that the user's id? Then name it USER_ID."],
    [['CUSTOMER_ID', 'AGE'], "Is CUSTOMER_ID the user's id?"],
    [['customerId', 'AGE'], "Is customerId the user's id?"],
    [['', 'USER_ID'], 'index=False'],
    [['USER_ID', '', 'AGE'], 'column 2 of the header is "".'],
    [['USER_ID', 'AGE', ''], 'Does each line end with a delimiter?'],
    [['USER_ID', ' AGE'], 'column 2 of the header is " AGE".'],
    [['USER_ID', ' AGE'], 'It has a blank before it: remove that.'],
    [['USER_ID', 'AGE '], 'It has a blank after it: remove that.'],
    [['USER_ID', '\u00A0AGE'], 'is "\\u00a0AGE".'],
    [['USER_ID', '\u00A0AGE'], 'It has \\u00a0, a no-break space, which cannot be seen'],
    [['\uFEFFUSER_ID'], 'It has \\ufeff, a byte order mark, which cannot be seen'],
    [['USER_ID', 'Member Since'], 'Is MEMBER_SINCE meant?'],
    [['USER_ID', 'member-since'], 'Is MEMBER_SINCE meant?'],
    [['USER_ID', 'STÄDTE'], 'Its Ä is none of A to Z'],
    [['USER_ID', '\u0410GE'], 'Its \u0410 is none of A to Z'],
    [['1', '24', 'M'], 'Then put one first, such as USER_ID,AGE,GENDER.'],
    [['user-1', '31', 'f', 'DE', 'x', 'y'], 'such as USER_ID,AGE,GENDER,...'],
  ])('%j', (header, sentence) => {
    expect(() => readColumns(header, SCHEMALESS)).toThrow(sentence);
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
    ['AGE', '31.0', '31'],
    ['AGE', '1e1', '10'],
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

  test.each([
    ['AGE', '031', ', not "031": write 31, without zeros in front; if they count, it is a text'],
    ['AGE', '1,000', ', not "1,000": is a mark for thousands meant? Then write 1000'],
    ['AGE', ' 31', ', not " 31": remove the blank around it'],
    ['AGE', '\u00A031', ', not "\\u00a031": remove \\u00a0, a no-break space, which cannot be seen'],
    ['AGE', '1.5e0', 'it has a fraction'],
    ['AGE', '31.', '31. has a decimal point: write 31'],
    ['AGE', '31.5', 'it has a fraction'],
    ['AGE', '+31', 'write 31, without the plus'],
    ['AGE', "'31'", 'write 31, without the quotes'],
    ['AGE', '2147483648', 'it is beyond what the field holds'],
    ['AGE', 'NULL', 'for no value, leave it empty'],
    ['AGE', '2030-01-31', 'it is a date, and the field takes a number'],
    ['AGE', '31 years', ', not "31 years"'],
    ['AGE', 'x'.repeat(100), `, not "${'x'.repeat(40)}..."`],
    ['AVERAGE_RATING', '4,5', 'is a decimal comma meant? Then write 4.5'],
    ['AVERAGE_RATING', '.5', 'write 0.5'],
    ['AVERAGE_RATING', '5.', 'write 5'],
    ['AVERAGE_RATING', '1e999', 'it is beyond what the field holds'],
    ['AVERAGE_RATING', '4.5 %', 'write the number alone'],
    ['SUBSCRIBED', 'TRUE', ', not "TRUE": write true, in small letters'],
    ['SUBSCRIBED', 'yes', 'is true meant?'],
    ['SUBSCRIBED', '0', 'is false meant?'],
  ])('of %s, %s, is told what was meant', (field, text, hint) => {
    expect(read(field, text, SCHEMA)).toContain(hint);
  });
});

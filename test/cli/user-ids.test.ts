import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readUserIds } from '../../cli/user-ids.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'personalize-users-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const idsIn = async (text: string | Buffer) => {
  const userIds = join(folder, 'erased');
  writeFileSync(userIds, text);
  return [...(await readUserIds({ userIds }))];
};

describe('a file of userIds', () => {
  test.each<[string, string, readonly string[]]>([
    ['has one a line', 'a\nb c\n', ['a', 'b c']],
    ['may end its lines as other systems do', 'a\r\nb\r\r', ['a', 'b']],
    ['names a user once', 'a\na\n', ['a']],
    ['may have commas in ids without a header', 'a,b\n', ['a,b']],
    ['may be what CreateDataDeletionJob takes', 'USER_ID\na\n"b,""c"""\n', ['a', 'b,"c"']],
    ['may be that with a byte order mark', '\uFEFFUSER_ID\r\na\r\n', ['a']],
    ['keeps blanks of ids', ' a \n', [' a ']],
  ])('%s', async (_, text, ids) => expect(await idsIn(text)).toEqual(ids));

  test.each<[string, string | Buffer, RegExp]>([
    ['holds none', '\n\n', /holds no userId/],
    ['has a header alone', 'USER_ID\n', /holds no userId/],
    ['has other columns', 'USER_ID,AGE\na,3\n', /other columns beside USER_ID/],
    ['has a row with more than the header', 'USER_ID\na,3\n', /no CSV of one column/],
    ['has an id that is too long', `a\n${'x'.repeat(257)}\n`, /line 2 is no userId: .* 256 characters at most/],
    ['is not UTF-8', Buffer.from([0xff, 0xfe, 0x61, 0]), /is not UTF-8/],
  ])('is refused if it %s', async (_, text, problem) => {
    await expect(idsIn(text)).rejects.toThrow(problem);
  });

  test('is refused if it is not there', async () => {
    await expect(readUserIds({ userIds: join(folder, 'nowhere') })).rejects.toThrow(/ENOENT/);
  });

  test('adds to those that are given', async () => {
    writeFileSync(join(folder, 'ids'), 'b\n');
    expect([...(await readUserIds({ userId: ['a'], userIds: join(folder, 'ids') }))]).toEqual(['a', 'b']);
  });
});

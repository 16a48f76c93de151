import { describe, expect, test } from '@jest/globals';
import { findSignature } from '../../../cli/send/signatures.ts';

const TEXT = 'USER_ID,AGE\r\nuser-1,31\r\n';
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
const utf32le = (text: string) => Buffer.concat([...text].map((c) => Buffer.from([c.charCodeAt(0), 0, 0, 0])));

describe('what holds no users as text is recognised by its first bytes', () => {
  test.each<[string, Buffer, string]>([
    ['an Excel workbook', Buffer.from('PK\x03\x04....xl/workbook.xml'), 'CSV UTF-8'],
    ['a ZIP archive', Buffer.from('PK\x03\x04....users.csv'), 'unzip'],
    ['an old Excel workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'CSV UTF-8'],
    ['Parquet', Buffer.from('PAR1\x15\x04'), 'duckdb'],
    ['an Avro container', Buffer.from('Obj\x01...'), 'JSON Lines'],
    ['an SQLite database', Buffer.from('SQLite format 3\0'), 'sqlite3'],
    ['gzip within gzip', Buffer.from('1f8b08', 'hex'), 'gunzip'],
    ['compressed with Zstandard', Buffer.from('28b52ffd00', 'hex'), 'zstd -d'],
    ['compressed with bzip2', Buffer.from('BZh91AY&SY\x01'), 'bunzip2'],
    ['compressed with xz', Buffer.from('fd377a585a0000', 'hex'), 'xz -dk'],
    ['a 7-Zip archive', Buffer.from('377abcaf271c', 'hex'), '7z x'],
    ['a PDF', Buffer.from('%PDF-1.7'), 'CSV'],
    ['a web page', Buffer.from('\n <!DOCTYPE html><html>'), 'download it again'],
    ['XML', Buffer.from('<?xml version="1.0"?><users/>'), 'CSV'],
    ['a tar archive', Buffer.concat([Buffer.alloc(257, 'a'), Buffer.from('ustar')]), 'tar -xf'],
    ['UTF-16LE, not UTF-8', Buffer.from(TEXT, 'utf16le'), 'iconv -f UTF-16LE'],
    ['UTF-16BE, not UTF-8', utf16be(TEXT), 'iconv -f UTF-16BE'],
    ['UTF-32LE, not UTF-8', utf32le(TEXT), 'iconv -f UTF-32LE'],
    ['no text', Buffer.from('USER_ID\0AGE\n'), 'UTF-8'],
  ])('%s', (is, head, remedy) => {
    expect(findSignature(head)?.is).toMatch(new RegExp(`^${is}`));
    expect(findSignature(head)?.remedy).toContain(remedy);
  });

  test.each([TEXT, '{"userId":"a"}', '', 'PAR,T\n', 'é語😀', 'ORCID,USER_ID\n', 'PAR1,USER_ID\n', 'BZhang,USER_ID\n'])(
    'and %j is not',
    (text) => {
      expect(findSignature(Buffer.from(text))).toBeUndefined();
    },
  );
});

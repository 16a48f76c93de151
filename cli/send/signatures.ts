/** What a file is that holds no users as text, told by its first bytes, and the one thing to do about it. */

/** What was found. */
export interface Finding {
  /** Completes "users.xlsx is ...". */
  readonly is: string;
  readonly remedy: string;
}

interface Signature extends Finding {
  /** What the file begins with. */
  readonly begin: readonly (Buffer | string)[];
  /** What is somewhere in the beginning besides. */
  readonly has?: string | RegExp;
}

/** Text has none of these: a header may well begin with ORC. */
const CONTROLS = /(?![\t\n\r\u0080-\u009F])\p{Cc}/u;

const bytes = (hex: string) => Buffer.from(hex, 'hex');
const decompress = (command: string) => `Decompress it, say with: ${command}`;

/** The first that fits counts. Sources: the formats' specifications, as collected in file(1)'s magic. */
const SIGNATURES: readonly Signature[] = [
  {
    begin: ['PK\x03\x04'],
    has: 'xl/',
    is: 'an Excel workbook',
    remedy: 'Save the sheet as "CSV UTF-8", and send that.',
  },
  { begin: ['PK\x03\x04', 'PK\x05\x06'], is: 'a ZIP archive', remedy: decompress('unzip FILE') },
  {
    begin: [bytes('d0cf11e0a1b11ae1')],
    is: 'an old Excel workbook',
    remedy: 'Save the sheet as "CSV UTF-8", and send that.',
  },
  {
    begin: ['PAR1'],
    has: CONTROLS,
    is: 'Parquet',
    remedy: `Export it as CSV, say with: duckdb -c "COPY (FROM 'FILE') TO 'users.csv'"`,
  },
  { begin: ['Obj\x01'], is: 'an Avro container', remedy: 'Export it as JSON Lines, say with: avro-tools tojson FILE' },
  { begin: ['ORC'], has: CONTROLS, is: 'ORC', remedy: 'Export it as CSV from where it comes from.' },
  { begin: ['ARROW1'], has: CONTROLS, is: 'Arrow', remedy: 'Export it as CSV from where it comes from.' },
  {
    begin: ['SQLite format 3\0'],
    is: 'an SQLite database',
    remedy: 'Export the table: sqlite3 -header -csv FILE "SELECT ..."',
  },
  { begin: [bytes('1f8b')], is: 'gzip within gzip', remedy: decompress('gunzip FILE') },
  { begin: [bytes('28b52ffd')], is: 'compressed with Zstandard', remedy: decompress('zstd -d FILE') },
  { begin: ['BZh'], has: CONTROLS, is: 'compressed with bzip2', remedy: decompress('bunzip2 -k FILE') },
  { begin: [bytes('fd377a585a00')], is: 'compressed with xz', remedy: decompress('xz -dk FILE') },
  { begin: [bytes('04224d18')], is: 'compressed with LZ4', remedy: decompress('lz4 -d FILE') },
  { begin: [bytes('377abcaf271c')], is: 'a 7-Zip archive', remedy: decompress('7z x FILE') },
  { begin: [bytes('1f9d')], is: 'compressed with compress', remedy: decompress('uncompress FILE') },
  { begin: ['%PDF'], is: 'a PDF', remedy: 'Export the users as CSV from where it comes from.' },
  {
    begin: ['<!doctype html', '<html'],
    is: 'a web page',
    remedy: 'A download may have ended at a log-in: download it again, and look at it before you send it.',
  },
  { begin: ['<?xml', '<'], is: 'XML', remedy: 'Export the users as CSV from where it comes from.' },
];

/** Tells what a file is, if it is known and holds no users as text in UTF-8. */
export function findSignature(head: Buffer): Finding | undefined {
  const signature = SIGNATURES.find(
    ({ begin, has }) =>
      begin.some((each) => beginsWith(head, each)) && (has === undefined || head.toString('latin1').search(has) !== -1),
  );
  return (
    signature ?? (head.subarray(257, 262).toString('latin1') === 'ustar' ? TAR : undefined) ?? wideCharacters(head)
  );
}

const TAR: Finding = { is: 'a tar archive', remedy: 'Unpack it, say with: tar -xf FILE' };

/** Text may have blanks before, and be in capitals. */
function beginsWith(head: Buffer, begin: Buffer | string): boolean {
  if (Buffer.isBuffer(begin)) return head.subarray(0, begin.length).equals(begin);
  if (!begin.startsWith('<')) return head.toString('latin1', 0, begin.length) === begin;
  return head.toString('latin1', 0, 1_024).trimStart().toLowerCase().startsWith(begin);
}

/** In UTF-16 and UTF-32, Latin letters have zeros at every other place, or at three of four. */
function wideCharacters(head: Buffer): Finding | undefined {
  const sample = head.subarray(0, 1_024);
  const zeros = [0, 0, 0, 0];
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 4]!++;
  const most = sample.length / 4 / 2;
  const isZero = zeros.map((count) => count > most);
  const encoding = ENCODINGS.get(isZero.map(Number).join(''));
  if (encoding !== undefined) {
    return { is: `${encoding}, not UTF-8`, remedy: `Convert it: iconv -f ${encoding} -t UTF-8 FILE > users.csv` };
  }
  if (!sample.includes(0)) return undefined;
  return {
    is: 'no text: there are NUL bytes in it',
    remedy: 'Export the users as CSV, in UTF-8, from where it comes from.',
  };
}

/** By which of four bytes are zero. */
const ENCODINGS: ReadonlyMap<string, string> = new Map([
  ['0101', 'UTF-16LE'],
  ['1010', 'UTF-16BE'],
  ['0111', 'UTF-32LE'],
  ['1110', 'UTF-32BE'],
]);

/** What a text is that is no list of users, told by its name and how it begins. Only for messages: what can be read is read. */
import { extname } from 'node:path';

interface Kind {
  /** Completes "README.md looks like ...". */
  readonly like: string;
  readonly extensions: readonly string[];
  /** How the text begins. */
  readonly begin: RegExp;
}

/** The first that fits counts. */
const KINDS: readonly Kind[] = [
  { like: 'Markdown', extensions: ['.md', '.markdown', '.mdx'], begin: /^(#{1,6} \S|```|[*-] \S)/ },
  { like: 'SQL', extensions: ['.sql'], begin: /^(--[ !]|INSERT INTO|CREATE TABLE|SELECT |BEGIN;|SET )/i },
  {
    like: 'a program',
    extensions: ['.ts', '.js', '.mjs', '.cjs', '.py', '.sh', '.java', '.go', '.rb', '.cs', '.php'],
    begin: /^(#!|\/\*|\/\/|import |from \S+ import |package |const |"use strict")/,
  },
  { like: 'YAML', extensions: ['.yaml', '.yml'], begin: /^(---|%YAML)/ },
  {
    like: 'a file of settings',
    extensions: ['.ini', '.toml', '.conf', '.env', '.properties'],
    begin: /^\[[\w. -]+\]\s*$/m,
  },
];

/** What is called this is meant to be a list of users, however it begins. */
const OF_USERS: ReadonlySet<string> = new Set(['.csv', '.tsv', '.txt', '.json', '.jsonl', '.ndjson', '.gz']);

/** Tells what a text seems to be; undefined if nothing is known of it, or if it is called a list of users. */
export function seemsToBe(name: string, text: string): string | undefined {
  const extension = extname(name).toLowerCase();
  if (OF_USERS.has(extension)) return undefined;
  const begin = text.trimStart();
  const firstLine = begin.slice(0, /\r|\n|$/.exec(begin)!.index);
  return (
    KINDS.find(({ extensions }) => extensions.includes(extension)) ?? KINDS.find((kind) => kind.begin.test(firstLine))
  )?.like;
}

/** What can be sent, with an example of each. */
export const WHAT_CAN_BE_SENT =
  'Give CSV, whose first line names the columns: USER_ID,AGE,MEMBERSHIP_TYPE\n' +
  'Or give JSON, one user a line: {"userId": "user-0042", "properties": {"age": 31}}';

/** What to do if nothing in a file was a user, by how it begins. */
export function hintForNoUser(head: Buffer): string {
  const firstLine = head.toString('utf8', 0, 4_096).split('\n')[0]!;
  const isExport = firstLine.startsWith('{"messageId":') && firstLine.includes('"errorCode":');
  return isExport
    ? 'It looks like a file of dlq export. Dead letters are sent again by: personalize-users dlq replay'
    : `Nothing in it is a user. ${WHAT_CAN_BE_SENT}`;
}

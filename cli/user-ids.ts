/** The users that a command is about, by their ids: a few on the command line, or many in a file. */
import { type Command, InvalidArgumentError } from 'commander';
import { parse } from 'csv-parse/sync';
import { readSteadily } from '../contract/input/steady-file.ts';
import { textOf } from '../contract/input/utf8-text.ts';
import { CommandError } from './failure.ts';

export interface UserIdOptions {
  readonly userId?: readonly string[] | undefined;
  /** A file. */
  readonly userIds?: string | undefined;
}

/** Gives a command the options. */
export function withUserIds(command: Command): Command {
  return command
    .option('--user-id <id>', 'a user; give it several times for several users', addUserId)
    .option('--user-ids <file>', 'a file of user IDs, one a line, or the CSV for CreateDataDeletionJob');
}

/** Whether any were given. */
export function namesUsers({ userId, userIds }: UserIdOptions): boolean {
  return userId !== undefined || userIds !== undefined;
}

/**
 * Reads them.
 *
 * @throws CommandError when the file holds none, or something else
 */
export async function readUserIds({ userId = [], userIds }: UserIdOptions): Promise<ReadonlySet<string>> {
  return new Set([...userId, ...(userIds === undefined ? [] : await readFile(userIds))]);
}

/** Source: PutUsers API reference, `User`. */
const MAX_CHARACTERS = 256;

function problemWith(userId: string): string | undefined {
  return [...userId].length > MAX_CHARACTERS ? `a userId has ${MAX_CHARACTERS} characters at most` : undefined;
}

/** Reads the value of an option that is a userId. */
export function messageUserId(text: string): string {
  if (text === '' || problemWith(text)) throw new InvalidArgumentError(`It takes 1 to ${MAX_CHARACTERS} characters.`);
  return text;
}

function addUserId(text: string, sofar: readonly string[] = []): readonly string[] {
  return [...sofar, messageUserId(text)];
}

/** The header of the CSV. Source: Personalize developer guide, preparing a list of users to delete. */
const HEADER = 'USER_ID';

async function readFile(file: string): Promise<readonly string[]> {
  const text = textOf(Buffer.concat(await readAll(file)));
  if (text === undefined) throw new CommandError(`${file} is not UTF-8.`);
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const isCsv = lines[0]!.trim().replace(/^"(.*)"$/, '$1') === HEADER;
  if (!isCsv && lines[0]!.split(/[,;\t]/).some((cell) => cell.trim().replaceAll('"', '') === HEADER)) {
    throw new CommandError(`${file} has other columns beside ${HEADER}.`, {
      hint: `It takes that column alone: ${WHAT_IT_TAKES}.`,
    });
  }
  const ids = isCsv ? readCsv(file, lines.slice(1).join('\n')) : lines;
  ids.forEach((id, index) => {
    const problem = problemWith(id);
    if (problem) throw new CommandError(`${file}: line ${index + (isCsv ? 2 : 1)} is no userId: ${problem}.`);
  });
  const given = ids.filter((id) => id !== '');
  if (given.length === 0) throw new CommandError(`${file} holds no userId.`, { hint: `It takes ${WHAT_IT_TAKES}.` });
  return given;
}

const WHAT_IT_TAKES = `a userId a line, or a CSV whose only column is ${HEADER}`;

function readCsv(file: string, text: string): readonly string[] {
  try {
    const rows = parse(text, { relax_column_count: false, skip_empty_lines: true }) as string[][];
    if (rows.every(({ length }) => length === 1)) return rows.map(([id]) => id!);
  } catch {
    // It is said below.
  }
  throw new CommandError(`${file} is no CSV of one column.`, {
    hint: `It takes ${WHAT_IT_TAKES}; double quotes go around commas.`,
  });
}

async function readAll(file: string): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of readSteadily(file)) chunks.push(chunk as Buffer);
  return chunks;
}

/** Dead letters as JSON Lines: one letter a line, in the order in which they were received. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { MessageAttribute } from '../../aws/sqs/attribute.ts';
import { type Letter, reasonOf } from '../../aws/sqs/letter.ts';
import { whyUnusable } from '../../contract/input/file-problem.ts';
import { readSteadily } from '../../contract/input/steady-file.ts';
import { linesOf, textOf } from '../../contract/input/utf8-text.ts';
import { CommandError } from '../failure.ts';

/** A line of an export. */
export interface ExportedLetter {
  readonly messageId: string;
  /** When the queue accepted it, as ISO 8601. */
  readonly sentAt: string;
  readonly errorCode: string;
  readonly errorMessage: string;
  /** As it was received: what the users queue would take again. */
  readonly body: string;
  /** By their names; `binaryValue` is base64. */
  readonly attributes: Readonly<
    Record<string, Omit<MessageAttribute, 'binaryValue'> & { readonly binaryValue?: string }>
  >;
  /** Only if it has one. */
  readonly messageGroupId?: string;
  /** Only if it belongs to a trace of AWS X-Ray. */
  readonly awsTraceHeader?: string;
}

/** What is written, and shown, of a letter. */
export function toExported(letter: Letter): ExportedLetter {
  const { messageId, sentAt, body, attributes, messageGroupId, traceHeader } = letter;
  const { code, message } = reasonOf(letter);
  return {
    messageId,
    sentAt: new Date(sentAt).toISOString(),
    errorCode: code,
    errorMessage: message,
    body,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { binaryValue, ...rest }]) => [
        name,
        binaryValue ? { ...rest, binaryValue: Buffer.from(binaryValue).toString('base64') } : rest,
      ]),
    ),
    ...(messageGroupId !== undefined && { messageGroupId }),
    ...(traceHeader !== undefined && { awsTraceHeader: traceHeader }),
  };
}

/** A letter as a line: one by every rule of what ends a line, U+2028 and U+2029 included. */
export function toLine(letter: Letter): string {
  return JSON.stringify(toExported(letter)).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

/** Which letters an export holds. */
export interface ExportIndex {
  readonly size: number;
  /** Whether the export holds the letter, with the very body that it has. */
  has(letter: Letter): boolean;
}

const line = v.object({ messageId: v.string(), body: v.string() });

/**
 * Reads which letters an export holds. Of each it keeps the id and a digest of the body.
 *
 * @throws UsageError when the file cannot be read, or is no export
 */
export async function readExportIndex(file: string): Promise<ExportIndex> {
  const digests = new Map<string, string>();
  try {
    for await (const { number, bytes } of linesOf(readSteadily(file))) {
      if (bytes.length === 0) continue;
      const { messageId, body } = readLine(textOf(bytes) ?? refuseBytes(file, number), file, number);
      digests.set(messageId, digestOf(body));
    }
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const why = whyUnusable(error);
    throw new CommandError(`${file} cannot be read: ${why}.`, { hint: NAME_AN_EXPORT });
  }
  return {
    size: digests.size,
    has: ({ messageId, body }) => digests.get(messageId) === digestOf(body),
  };
}

const NAME_AN_EXPORT = 'Name a file that dlq export wrote.';

function refuseBytes(file: string, number: number): never {
  throw new CommandError(`${file}: line ${number} is not UTF-8.`, { hint: 'Export again, with dlq export.' });
}

function readLine(text: string, file: string, number: number): v.InferOutput<typeof line> {
  try {
    return v.parse(line, JSON.parse(text));
  } catch {
    throw new CommandError(`${file} is no export: line ${number} is no dead letter.`, { hint: NAME_AN_EXPORT });
  }
}

function digestOf(body: string): string {
  return createHash('sha256').update(body).digest('base64');
}

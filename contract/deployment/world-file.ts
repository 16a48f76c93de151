/** The file in which an embedded world that stays up says where it is, for the command line to find it. */
import { readFile } from 'node:fs/promises';
import { isJsonObject } from '../message/json-object.ts';

/** Where the embedded world's services are. */
export interface Endpoints {
  readonly region: string;
  readonly sqs: string;
  readonly putUsers: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly datasetArn: string;
  /** Only where the stack has a table. */
  readonly dynamoDb?: string | undefined;
}

/** What the file holds, as JSON. */
export interface WorldFile {
  /** The process that runs the world. */
  readonly pid: number;
  readonly endpoints: Endpoints;
  readonly queueArn: string;
  readonly deadLetterQueueArn: string;
  /** What the stack's output `Settings` holds. */
  readonly settings: unknown;
}

/** What a file says of an embedded world. */
export type WorldReading =
  | { readonly kind: 'world'; readonly world: WorldFile }
  /** There is no file. */
  | { readonly kind: 'missing' }
  /** There is one, and it cannot be read. */
  | { readonly kind: 'unreadable'; readonly error: Error }
  /** It is no JSON object: something else, or the writing of it was cut off. */
  | { readonly kind: 'broken' }
  /** The process that wrote it has ended. */
  | { readonly kind: 'ended'; readonly pid: number }
  /** It lacks what this version writes. */
  | { readonly kind: 'otherVersion' };

/** Reads the file. */
export async function readWorldFile(file: string): Promise<WorldReading> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isMissing ? { kind: 'missing' } : { kind: 'unreadable', error: error as Error };
  }
  const parsed = parseObject(text);
  if (!parsed) return { kind: 'broken' };
  const { pid } = parsed;
  if (isProcessId(pid) && !isRunning(pid)) return { kind: 'ended', pid };
  return isWorldFile(parsed) ? { kind: 'world', world: parsed } : { kind: 'otherVersion' };
}

/** Whether a process is there. */
function isRunning(pid: number): boolean {
  try {
    // Signal 0 only asks.
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isWorldFile(value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, unknown>> & WorldFile {
  const { pid, endpoints, queueArn, deadLetterQueueArn } = value;
  if (!isProcessId(pid) || !isJsonObject(endpoints)) return false;
  const { region, sqs, putUsers, queueUrl, deadLetterQueueUrl } = endpoints;
  const isText = (text: unknown) => typeof text === 'string' && text !== '';
  return (
    [region, queueArn, deadLetterQueueArn].every(isText) &&
    [sqs, putUsers, queueUrl, deadLetterQueueUrl].every((url) => typeof url === 'string' && URL.canParse(url))
  );
}

/** To ask for process 0, or for one below, is to ask for a whole group of processes. */
function isProcessId(pid: unknown): pid is number {
  return Number.isSafeInteger(pid) && (pid as number) > 0;
}

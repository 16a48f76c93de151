/** The file in which an embedded world that stays up says where it is, for the command line to find it. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileProblem } from '../contract/input/file-problem.ts';
import type { Endpoints } from './paste.ts';
import type { Template } from './template/template.ts';
import { UnusableFileError } from './unusable-file.ts';
import type { World } from './world.ts';

/** Where `npm start -- --serve` writes it. */
export const WORLD_FILE = new URL('../.local/world.json', import.meta.url);

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

/**
 * Writes the file for a world of this process. A world that another process has announced there is forgotten.
 *
 * @returns what removes the file, unless another world has written it meanwhile
 * @throws UnusableFileError when it cannot be written
 */
export async function announceWorld(world: World, file = fileURLToPath(WORLD_FILE)): Promise<() => Promise<void>> {
  await write(file, `${JSON.stringify(await describeWorld(world), null, 2)}\n`);
  return async () => {
    const found = await readWorldFile(file);
    if (found.kind === 'world' && found.world.pid === process.pid) await rm(file, { force: true });
  };
}

async function write(file: string, text: string): Promise<void> {
  // A reader sees all of it or nothing.
  const draft = `${file}.${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(draft, text);
    await rename(draft, file);
  } catch (error) {
    throw new UnusableFileError(`${file} cannot be written: ${fileProblem(error)?.why ?? (error as Error).message}.`);
  }
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

async function describeWorld({ endpoints, sqs, templateFile }: World): Promise<WorldFile> {
  const { Outputs = {} } = JSON.parse(await readFile(templateFile, 'utf8')) as Template;
  const settings = Outputs.Settings?.Value;
  return {
    pid: process.pid,
    endpoints,
    queueArn: sqs.queueArn(nameOf(endpoints.queueUrl)),
    deadLetterQueueArn: sqs.queueArn(nameOf(endpoints.deadLetterQueueUrl)),
    settings: typeof settings === 'string' ? JSON.parse(settings) : undefined,
  };
}

function nameOf(queueUrl: string): string {
  return queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isWorldFile(value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, unknown>> & WorldFile {
  const { pid, endpoints, queueArn, deadLetterQueueArn } = value;
  if (!isProcessId(pid) || !isObject(endpoints)) return false;
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

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

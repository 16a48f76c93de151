/** The file in which an embedded world that stays up says where it is, for the command line to find it. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Endpoints } from './paste.ts';
import type { Template } from './template/template.ts';
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
 */
export async function announceWorld(world: World, file = fileURLToPath(WORLD_FILE)): Promise<() => Promise<void>> {
  await mkdir(dirname(file), { recursive: true });
  // A reader sees all of it or nothing.
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(await describeWorld(world), null, 2)}\n`);
  await rename(draft, file);
  return async () => {
    if ((await readWorldFile(file))?.pid === process.pid) await rm(file, { force: true });
  };
}

/** Reads the file; undefined when there is none, or none that can be read. */
export async function readWorldFile(file: string): Promise<WorldFile | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isWorldFile(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process is there. */
export function isRunning(pid: number): boolean {
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

function isWorldFile(value: unknown): value is WorldFile {
  const { pid, endpoints } = (value ?? {}) as Partial<WorldFile>;
  return typeof pid === 'number' && typeof endpoints?.queueUrl === 'string';
}

/** Says where an embedded world is that stays up. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWorldFile, type WorldFile } from '../contract/deployment/world-file.ts';
import { WORLD_FILE } from '../contract/deployment/world-place.ts';
import { whyUnusable } from '../contract/input/file-problem.ts';
import { UnusableFileError } from './unusable-file.ts';
import type { World } from './world.ts';

/**
 * Writes the file for a world of this process. A world that another process has announced there is forgotten.
 *
 * @returns what removes the file, unless another world has written it meanwhile
 * @throws UnusableFileError when it cannot be written
 */
export async function announceWorld(world: World, file = fileURLToPath(WORLD_FILE)): Promise<() => Promise<void>> {
  await write(file, `${JSON.stringify(describeWorld(world), null, 2)}\n`);
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
    throw new UnusableFileError(`${file} cannot be written: ${whyUnusable(error)}.`);
  }
}

function describeWorld({ endpoints, sqs, outputs }: World): WorldFile {
  return {
    pid: process.pid,
    endpoints,
    queueArn: sqs.queueArn(nameOf(endpoints.queueUrl)),
    deadLetterQueueArn: sqs.queueArn(nameOf(endpoints.deadLetterQueueUrl)),
    settings: outputs.Settings === undefined ? undefined : JSON.parse(outputs.Settings),
  };
}

function nameOf(queueUrl: string): string {
  return queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
}

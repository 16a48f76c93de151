import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { startWorld, synthesizeWorld, templateFileIn, type World, type WorldOptions } from '../../local/world.ts';

/** A stack that is synthesized once, and worlds of it, each fresh. */
export interface Assembly {
  start(options?: Omit<WorldOptions, 'assemblyDirectory'>): Promise<World>;
  /** Changes the synthesized template for worlds that are started afterwards. */
  editTemplate(edit: (template: string) => string): void;
  remove(): void;
}

/** Synthesizes a stack into a directory of its own. */
export async function synthesizeOnce(context: Readonly<Record<string, string>> = {}): Promise<Assembly> {
  const assemblyDirectory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
  await synthesizeWorld(context, assemblyDirectory);
  return {
    start: (options) => startWorld({ ...options, assemblyDirectory }),
    editTemplate: (edit) => {
      const file = templateFileIn(assemblyDirectory);
      writeFileSync(file, edit(readFileSync(file, 'utf8')));
    },
    remove: () => rmSync(assemblyDirectory, { recursive: true }),
  };
}

/** Sends bodies to the users queue; objects as JSON. */
export async function send({ sqsClient, endpoints }: World, bodies: readonly unknown[]): Promise<void> {
  for (let from = 0; from < bodies.length; from += 10) {
    const Entries = bodies.slice(from, from + 10).map((body, index) => ({
      Id: String(index),
      MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
      MessageAttributes: { Origin: { DataType: 'String', StringValue: 'test' } },
    }));
    await sqsClient.send(new SendMessageBatchCommand({ QueueUrl: endpoints.queueUrl, Entries }));
  }
}

/** Waits until the users queue is empty. */
export async function untilEmpty(world: World): Promise<void> {
  for await (const _ of world.untilEmpty());
}

/** Looks again and again until something is so, and fails when it is not so for long. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let looks = 0; !(await condition()); looks++) {
    if (looks > 3000) throw new Error(`it never came true: ${condition}`);
    await sleep(20);
  }
}

/** Receives what is in the dead-letter queue, ten at most. */
export async function receiveDeadLetters({ sqsClient, endpoints }: World) {
  const { Messages = [] } = await sqsClient.send(
    new ReceiveMessageCommand({
      QueueUrl: endpoints.deadLetterQueueUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
}

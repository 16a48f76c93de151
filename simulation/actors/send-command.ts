/** `personalize-users send` of a file that is in memory, killed and resumed at any moment. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { recognize } from '../../cli/send/format.ts';
import type { Input } from '../../cli/send/input.ts';
import type { Progression } from '../../cli/send/resume.ts';
import { sendInput } from '../../cli/send/send-input.ts';
import type { Mark } from '../../cli/send/send-users.ts';
import { DEFAULT_MAX_PROPERTIES_LENGTH } from '../../contract/dataset/put-users-limits.ts';
import { createMessageReader } from '../../contract/message/read-message.ts';
import type { SentRecord } from '../records.ts';
import type { ProducerScenario } from '../scenario.ts';
import { DEDUPLICATION_INTERVAL } from '../services/queue.ts';
import { CLIENT_SETTINGS, pause, runAgainAndAgain, type Stage } from './actor.ts';

/** What is read at once, in bytes: a user or two. */
const CHUNK = 100;

/** Sends records as JSON Lines, some of which have several users. */
export async function sendFile(
  name: string,
  scenario: ProducerScenario,
  records: readonly SentRecord[],
  stage: Stage,
): Promise<void> {
  const { ledger, journal, random, timeline } = stage;
  const serials = records.map(({ serial }) => serial);
  const lines = linesOf(records, random);
  const content = Buffer.from(`${lines.map(textOf).join('\n')}\n`);
  const input: Input = {
    name: 'users.jsonl',
    file: { path: '/simulated/users.jsonl', size: content.length },
    head: content,
    // As from a disk or a pipe that may be slow, and in another run is not.
    async *chunks(offset) {
      const longest = random() < 0.5 ? scenario.pause : 0;
      for (let at = offset; at < content.length; at += CHUNK) {
        if (longest > 0) await pause(timeline, random() * longest);
        yield content.subarray(at, at + CHUNK);
      }
    },
    close: async () => {},
  };
  const checkpoint: { mark: Mark | undefined; isDone: boolean } = { mark: undefined, isDone: false };
  const send = async () => {
    while (!checkpoint.isDone) {
      const format = await recognize(input, {
        readMessage: createMessageReader({ maxPropertiesLength: DEFAULT_MAX_PROPERTIES_LENGTH }),
      } as Parameters<typeof recognize>[1]);
      const isResumed = checkpoint.mark !== undefined;
      const progression: Progression = {
        from: checkpoint.mark ?? {
          position: format.start,
          counts: { users: 0, messages: 0, rejected: 0 },
          rejectsBytes: 0,
        },
        isResumed,
        source: name.replaceAll(' ', '-'),
        input,
        save: async (mark) => {
          checkpoint.mark = mark;
        },
        finish: async () => {
          checkpoint.isDone = true;
        },
      };
      journal.note(name, isResumed ? 'resumes its file' : 'sends its file', serials);
      try {
        await sendInput({
          input,
          format,
          rejects: NO_REJECTS,
          progression,
          signal: new AbortController().signal,
          options: {
            json: true,
            concurrency: 10,
            usersPerMessage: scenario.usersPerMessage,
            messageGroup: scenario.oneGroup ? 'one-group' : undefined,
          },
          target: { sqs: new SQSClient(CLIENT_SETTINGS), queueUrl: stage.queueUrl, fifo: stage.fifo, settings: {} },
        } as unknown as Parameters<typeof sendInput>[0]);
      } catch (error) {
        journal.note(name, `send ended: ${(error as Error).name}`);
        await pause(timeline, 20_000 + random() * 400_000);
      }
    }
  };
  await runAgainAndAgain(name, stage, send, () => resumedAfter(random));
  ledger.promised(serials);
  ledger.sentInOrder(lines.flat());
}

/** When somebody resumes it, in milliseconds: at once, or when SQS is about to forget what it has, a part of it before the rest. */
function resumedAfter(random: () => number): number {
  return random() < 0.4 ? 5_000 : DEDUPLICATION_INTERVAL - 15_000 + random() * 20_000;
}

/** A record a line, or several in one; now and then the first of them again at the end, since somebody has changed back. */
function linesOf(records: readonly SentRecord[], random: () => number): readonly (readonly SentRecord[])[] {
  const lines: SentRecord[][] = [];
  for (let at = 0; at < records.length; ) {
    const some = records.slice(at, at + 1 + Math.floor(random() * 4));
    at += some.length;
    lines.push(some.length > 1 && random() < 0.3 ? [...some, some[0]!] : some);
  }
  return lines;
}

function textOf(line: readonly SentRecord[]): string {
  return line.length === 1 ? line[0]!.text : `{"users":[${line.map(({ text }) => text).join(',')}]}`;
}

const NO_REJECTS = {
  path: '/simulated/users.jsonl.rejects',
  bytes: () => 0,
  add: () => {},
  write: async () => {},
  sync: async () => {},
  close: async () => {},
};

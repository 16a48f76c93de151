/** A users queue that nobody consumes, and a dead-letter queue: what the dlq commands work on, over real HTTP. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { createSqsClient } from '../../../aws/sqs/local-sqs-client.ts';
import type { LetterQueue } from '../../../cli/dlq/visit-letters.ts';
import type { LocalSqs, QueueDepth } from '../../../local/sqs/local-sqs.ts';
import { startLocalSqs } from '../../../local/sqs/local-sqs.ts';

/** A dead letter that a test puts there. */
export interface TestLetter {
  readonly body: string;
  /** @default 'InvalidInputException'; null for none, as when SQS moved it */
  readonly errorCode?: string | null;
  readonly errorMessage?: string;
  readonly messageGroupId?: string;
  /** Attributes of the producer, text by name, besides `Origin`. @default none */
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface LetterQueues {
  readonly sqs: LocalSqs;
  readonly client: SQSClient;
  readonly users: LetterQueue;
  readonly deadLetters: LetterQueue;
  /** For `--world`. */
  readonly worldFile: string;
  /** A directory that is gone afterwards. */
  readonly directory: string;
  putLetters(letters: readonly TestLetter[]): Promise<void>;
  /** The bodies of all messages of both queues, those in flight included; nothing is received. */
  allBodies(): Promise<{ readonly users: readonly string[]; readonly letters: readonly string[] }>;
  usersDepth(): QueueDepth;
  lettersDepth(): QueueDepth;
  /** Takes all that can be received from the users queue. */
  takeUsers(): Promise<readonly TakenMessage[]>;
  /** Takes all that can be received from the dead-letter queue. */
  takeLetters(): Promise<readonly TakenMessage[]>;
  stop(): Promise<void>;
}

export interface TakenMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly messageGroupId: string | undefined;
}

export interface LetterQueuesOptions {
  readonly fifo?: boolean;
  /** Where `status` asks for the delivery rate. @default nowhere */
  readonly putUsersEndpoint?: string;
}

export const TEST_SETTINGS = {
  requestsPerSecond: 10,
  usersPerMessage: 1,
  maxReceiveCount: 10,
  maxPropertiesLength: 4096,
  visibilityTimeoutInSeconds: 181,
};

export async function startLetterQueues({
  fifo = false,
  putUsersEndpoint = 'http://127.0.0.1:9',
}: LetterQueuesOptions = {}): Promise<LetterQueues> {
  const sqs = await startLocalSqs({ region: 'eu-west-1' });
  const client = createSqsClient(sqs);
  const suffix = fifo ? '.fifo' : '';
  const [usersName, lettersName] = [`users${suffix}`, `letters${suffix}`];
  for (const name of [usersName, lettersName]) {
    await sqs.createQueue({ name, attributes: fifo ? { FifoQueue: 'true' } : {} });
  }
  const queue = (name: string): LetterQueue => ({ sqs: client, url: sqs.queueUrl(name), fifo });
  const [users, deadLetters] = [queue(usersName), queue(lettersName)];
  const directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
  const worldFile = join(directory, 'world.json');
  writeFileSync(
    worldFile,
    JSON.stringify({
      pid: process.pid,
      endpoints: {
        region: 'eu-west-1',
        sqs: sqs.endpoint,
        putUsers: putUsersEndpoint,
        queueUrl: users.url,
        deadLetterQueueUrl: deadLetters.url,
        datasetArn: 'arn:aws:personalize:eu-west-1:000000000000:dataset/local/USERS',
      },
      queueArn: sqs.queueArn(usersName),
      deadLetterQueueArn: sqs.queueArn(lettersName),
      settings: TEST_SETTINGS,
    }),
  );
  let sent = 0;
  return {
    sqs,
    client,
    users,
    deadLetters,
    worldFile,
    directory,
    async putLetters(letters) {
      for (let from = 0; from < letters.length; from += 10) {
        const Entries = letters.slice(from, from + 10).map((letter, index) => toEntry(letter, index, fifo, sent++));
        const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: deadLetters.url, Entries }));
        if (Failed.length > 0) throw new Error(`SQS refused ${JSON.stringify(Failed)}`);
      }
    },
    allBodies: async () => ({ users: await bodiesIn(sqs, usersName), letters: await bodiesIn(sqs, lettersName) }),
    usersDepth: () => sqs.depth(usersName),
    lettersDepth: () => sqs.depth(lettersName),
    takeUsers: () => takeAll(client, users.url),
    takeLetters: () => takeAll(client, deadLetters.url),
    async stop() {
      client.destroy();
      await sqs.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

/** So many letters of different users. */
export function letters(howMany: number, letter: Partial<TestLetter> = {}): readonly TestLetter[] {
  return Array.from({ length: howMany }, (_, index) => ({
    body: JSON.stringify({ userId: `user-${index}` }),
    ...letter,
  }));
}

function toEntry(
  { body, errorCode = 'InvalidInputException', errorMessage = 'no', messageGroupId, attributes = {} }: TestLetter,
  index: number,
  fifo: boolean,
  count: number,
) {
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  const reason = {
    ErrorCode: text(errorCode ?? ''),
    ErrorMessage: text(errorMessage),
    RequestID: text('r'),
    SourceMessageId: text('s'),
    ReceiveCount: { DataType: 'Number', StringValue: '1' },
  };
  return {
    Id: String(index),
    MessageBody: body,
    MessageAttributes: Object.fromEntries([
      ['Origin', text('test')],
      ...Object.entries(attributes).map(([name, value]) => [name, text(value)]),
      ...(errorCode === null ? [] : Object.entries(reason)),
    ]),
    ...(fifo
      ? { MessageGroupId: messageGroupId ?? 'group', MessageDeduplicationId: `letter-${count}` }
      : messageGroupId !== undefined && { MessageGroupId: messageGroupId }),
  };
}

async function bodiesIn({ endpoint }: LocalSqs, queueName: string): Promise<readonly string[]> {
  const { messages } = (await (await fetch(`${endpoint}/_fauxqs/queues/${queueName}`)).json()) as {
    messages: { ready: { body: string }[]; inflight: { message: { body: string } }[] };
  };
  return [...messages.ready, ...messages.inflight.map(({ message }) => message)].map(({ body }) => body);
}

async function takeAll(client: SQSClient, url: string): Promise<readonly TakenMessage[]> {
  const taken: TakenMessage[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['MessageGroupId'],
      }),
    );
    if (Messages.length === 0) return taken;
    for (const { Body, MessageAttributes = {}, Attributes = {} } of Messages) {
      taken.push({
        body: Body!,
        attributes: Object.fromEntries(
          Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
        ),
        messageGroupId: Attributes.MessageGroupId,
      });
    }
  }
}

/** The sending side of SQS's FIFO queues, over HTTP, on a clock of the test's: what is dropped for its deduplication id. */
import assert from 'node:assert/strict';
import { SQSClient } from '@aws-sdk/client-sqs';
import { localClient, startScriptedServer } from './scripted-server.ts';

/** A message that was stored. */
export interface StoredMessage {
  readonly body: string;
  readonly group: string;
}

/** What happens to a call. */
export interface CallFate {
  /** Its entries that fail, over and over again. */
  readonly failing: readonly boolean[];
  /** Its connection breaks before the reply. */
  readonly replyIsLost: boolean;
}

export interface FifoServer {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** In their order. */
  readonly stored: readonly StoredMessage[];
  /** Lets time pass, in seconds. */
  pass(seconds: number): void;
  /** The fates of the calls to come, one each; then calls go well. Undefined: from now on nobody may send. */
  readonly fates: (CallFate | undefined)[];
  stop(): Promise<void>;
}

/** Source: SQS developer guide, exactly-once processing. */
const REMEMBERED_FOR_SECONDS = 300;

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageGroupId: string;
  readonly MessageDeduplicationId: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue?: string }>>;
}

/**
 * Starts it.
 *
 * @throws AssertionError by `stop`, when an id stood for two contents, at whatever times
 */
export async function startFifoServer(): Promise<FifoServer> {
  let now = 0;
  const stored: StoredMessage[] = [];
  const fates: (CallFate | undefined)[] = [];
  const contents = new Map<string, string>();
  const takenAt = new Map<string, number>();
  const conflicts: string[] = [];

  const take = ({ MessageBody, MessageGroupId, MessageDeduplicationId: id, MessageAttributes }: Entry) => {
    const content = JSON.stringify([MessageGroupId, MessageBody, MessageAttributes?.SourceMessageId?.StringValue]);
    if ((contents.get(id) ?? content) !== content) conflicts.push(`${contents.get(id)} and ${content}`);
    contents.set(id, content);
    if (now - (takenAt.get(id) ?? Number.NEGATIVE_INFINITY) < REMEMBERED_FOR_SECONDS) return;
    takenAt.set(id, now);
    stored.push({ body: MessageBody, group: MessageGroupId });
  };

  const server = await startScriptedServer((request, response, text) => {
    const { Entries } = JSON.parse(text) as { Entries: readonly Entry[] };
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    const fate = fates.length > 0 ? fates[0] : GOES_WELL;
    if (!fate) {
      response.statusCode = 403;
      return void response.end(JSON.stringify({ __type: 'AccessDenied', message: 'nobody may send' }));
    }
    fates.shift();
    const fails = (index: number) => fate.failing[index % fate.failing.length] ?? false;
    const good = Entries.filter((_, index) => !fails(index));
    for (const entry of good) take(entry);
    if (fate.replyIsLost) return void request.socket.destroy();
    const Failed = Entries.filter((_, index) => fails(index)).map(({ Id }) => ({
      Id,
      Code: 'InternalError',
      SenderFault: false,
    }));
    response.end(JSON.stringify({ Successful: good.map(({ Id }) => ({ Id, MessageId: Id })), Failed }));
  });
  const client = new SQSClient({ ...localClient(server.endpoint), md5: false });
  return {
    client,
    queueUrl: `${server.endpoint}/123456789012/queue.fifo`,
    stored,
    fates,
    pass: (seconds) => {
      now += seconds;
    },
    async stop() {
      client.destroy();
      await server.stop();
      assert.deepEqual(conflicts, [], 'no id stands for two contents');
    },
  };
}

const GOES_WELL: CallFate = { failing: [], replyIsLost: false };

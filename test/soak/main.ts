/**
 * `npm run soak`: sends users through the embedded world while everything fails that can, and accounts for each of
 * them at the end. Exits with 1 if one is missing, if a log line names one, or if there was too little havoc: too few
 * kills, no invocation that timed out while its process was running, or no batch call of which single entries failed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import Table from 'cli-table3';
import { Command } from 'commander';
import { oneOfEachGroup, packBatches } from '../../aws/sqs/batches.ts';
import { newDeduplicationId } from '../../aws/sqs/deduplication-id.ts';
import { wholeNumberFrom } from '../../cli/arguments.ts';
import { readCommandLine } from '../../contract/input/command-line.ts';
import type { BatchReport } from '../../local/event-source-mapping/observer.ts';
import { seededRandom } from '../../local/random.ts';
import { startWorld, synthesizeWorld, type World } from '../../local/world.ts';
import { SECRETS, serialsIn } from '../../simulation/records.ts';
import { type Havoc, wreakHavoc } from './chaos.ts';
import { type FoundLetter, type Ledger, reconcile, type SettledBatch } from './ledger.ts';
import { watchOrder } from './order.ts';
import { makeTraffic, type SentMessage } from './traffic.ts';

const { users, kills, seed, fifo, orderGuard } = readCommandLine(
  new Command('npm run soak --')
    .description('Accounts for every user after a run in which everything fails that can.')
    .option('--users <count>', 'users to send', wholeNumberFrom(1, 100_000_000), 100_000)
    .option('--kills <count>', 'processes to kill', wholeNumberFrom(0, 1_000_000), 50)
    .option('--seed <number>', 'of everything that is drawn', wholeNumberFrom(0, 2 ** 31), 1)
    .option('--fifo', 'with FIFO queues, whose order is looked at', false)
    .option('--order-guard', 'with the order guard, and versions that are looked at', false),
).opts<{ users: number; kills: number; seed: number; fifo: boolean; orderGuard: boolean }>();

/** Time is compressed by settings: a high rate makes short batches, and those a short visibility timeout. */
const SETTINGS = {
  requestsPerSecond: '300',
  maxConcurrency: '12',
  usersPerMessage: '20',
  batchSize: fifo ? '10' : '12',
  timeoutInSeconds: orderGuard ? '12' : '4',
  backoffBaseInSeconds: '1',
  backoffMaxInSeconds: '8',
  maxReceiveCount: '40',
  fifo: String(fifo),
  orderGuard: String(orderGuard),
};
/** Without either, nobody promises an order. */
const isOrdered = fifo || orderGuard;
const PUT_USERS_FAULTS = {
  throttling: 0.05,
  serverError: 0.02,
  conflict: 0.01,
  dropped: 0.01,
  slow: 0.005,
  slowByInMilliseconds: 6_000,
  seed,
};

interface Observed {
  readonly stored: Set<number>;
  readonly batches: SettledBatch[];
  logLines: number;
  receives: number;
  undeleted: number;
  /** Invocations by what they came to: `succeeded`, `partlyFailed`, or the type of the error. */
  readonly outcomes: Record<string, number>;
  /** Messages that were sent again, since the queue had not said that it took them. */
  resent: number;
  readonly leaks: string[];
}

const observed: Observed = {
  stored: new Set(),
  batches: [],
  logLines: 0,
  receives: 0,
  undeleted: 0,
  outcomes: {},
  resent: 0,
  leaks: [],
};
const order = watchOrder();
const startedAt = Date.now();
const assemblyDirectory = mkdtempSync(join(tmpdir(), 'personalize-users-soak-'));
await synthesizeWorld(SETTINGS, assemblyDirectory);
const world = await startWorld({
  assemblyDirectory,
  schema: fileURLToPath(new URL('../../samples/users-schema.avsc', import.meta.url)),
  faults: PUT_USERS_FAULTS,
  quota: { requestsPerSecond: 1000, burst: 1000 },
  onStored: (stored) => {
    for (const { userId, properties } of stored) {
      const serial = Number(properties.numberOfVideosWatched);
      observed.stored.add(serial);
      order.stored(userId, serial);
    }
  },
  onLog: (line) => {
    observed.logLines++;
    if (SECRETS.some((secret) => line.includes(secret))) observed.leaks.push(line.slice(0, 200));
  },
  onBatch: observeBatch,
});
const { queueUrl, deadLetterQueueUrl } = world.endpoints;
const LATE = { lateByInMilliseconds: 5_000 };
world.sqs.setFaults(
  [
    { action: 'SendMessageBatch', queueUrl, refused: 0.05, replyDropped: 0.01, entriesFailed: 0.02 },
    {
      action: 'SendMessageBatch',
      queueUrl: deadLetterQueueUrl,
      refused: 0.3,
      replyDropped: 0.1,
      late: 0.02,
      entriesFailed: 0.05,
      ...LATE,
    },
    {
      action: 'DeleteMessageBatch',
      queueUrl,
      refused: 0.3,
      replyDropped: 0.1,
      late: 0.002,
      // What Lambda does on a FIFO queue when it can delete the second message of a group and not the first, AWS does not say.
      entriesFailed: fifo ? 0 : 0.05,
      ...LATE,
    },
    {
      action: 'ChangeMessageVisibilityBatch',
      refused: 0.3,
      replyDropped: 0.1,
      late: 0.02,
      entriesFailed: 0.05,
      ...LATE,
    },
    { action: 'ReceiveMessage', queueUrl, refused: 0.02, replyDropped: 0.005 },
  ],
  seed,
);

const traffic = makeTraffic({ users, brokenShare: 0.02, fifo, versions: orderGuard }, seededRandom(seed));
const ended = new AbortController();
const timeouts = () => observed.outcomes['Sandbox.Timedout'] ?? 0;
const havocDone = wreakHavoc(
  world,
  { kills, faults: PUT_USERS_FAULTS, timeouts },
  seededRandom(seed + 1),
  ended.signal,
);
await sendAll(world, traffic);
const sentAfter = secondsSoFar();
await untilEmpty(world);
ended.abort();
const havoc = await havocDone;
const sqsFaults = world.sqs.faultCounts();
world.sqs.setFaults([], seed);
const letters = await drain(world);
const ledger = reconcile({
  sent: traffic,
  batches: observed.batches,
  stored: observed.stored,
  letters,
  versions: orderGuard,
});
const disorder = isOrdered ? order.violations(traffic, letters) : [];
const shortcomings = tooLittleHavoc(havoc);
print(ledger, havoc, world);
await world.stop();
rmSync(assemblyDirectory, { recursive: true });
process.exitCode =
  ledger.violations.length > 0 || disorder.length > 0 || observed.leaks.length > 0 || shortcomings.length > 0 ? 1 : 0;

/** What a run must have had to say anything. */
function tooLittleHavoc({ kills: killed, freezes }: Havoc): readonly string[] {
  const shortcoming = (isOne: boolean, what: string) => (isOne ? [`too little havoc: ${what}`] : []);
  return [
    ...shortcoming(killed < kills, `${killed} of ${kills} processes were killed`),
    ...shortcoming(timeouts() <= freezes, 'no invocation timed out whose process was running'),
    ...shortcoming(sqsFaults.partlyFailed === 0, 'no batch call to SQS failed in part'),
  ];
}

function observeBatch({ records, verdict, undeleted }: BatchReport): void {
  observed.receives += records.length;
  observed.undeleted += undeleted.length;
  const outcome = verdict.kind === 'failed' ? verdict.reason.split(':')[0]! : verdict.kind;
  observed.outcomes[outcome] = (observed.outcomes[outcome] ?? 0) + 1;
  if (verdict.kind === 'failed') return;
  const deleted = new Set(verdict.deleted);
  const gone = records.filter(({ messageId }) => deleted.has(messageId) && !undeleted.includes(messageId));
  order.acknowledged(gone.flatMap(({ body }) => serialsIn(body)));
  const serials = (wanted: typeof records) => wanted.flatMap(({ body }) => serialsIn(body));
  observed.batches.push({
    received: records.flatMap(({ body, attributes }) =>
      serialsIn(body).map((serial) => ({ serial, sentAt: Number(attributes.SentTimestamp) })),
    ),
    acknowledged: serials(records.filter(({ messageId }) => deleted.has(messageId))),
  });
}

/** Sends each message, and again what the queue did not take: one call after the other, to be accepted in this order. */
async function sendAll({ sqsClient }: World, messages: readonly SentMessage[]): Promise<void> {
  for (const ten of packBatches(messages, ({ body }) => Buffer.byteLength(body))) {
    // An entry that fails comes after those that do not: of a group there is one at a time.
    for (const round of fifo ? oneOfEachGroup(ten, ({ group }) => group) : [ten]) {
      const ids = new Map(round.map((message) => [message, newDeduplicationId()]));
      for (let left = round; left.length > 0; ) {
        left = await sendSome(sqsClient, left, ids);
        observed.resent += left.length;
      }
    }
  }
}

/** Sends ten messages, and returns those of which the queue did not say that it took them. */
async function sendSome(
  client: SQSClient,
  messages: readonly SentMessage[],
  deduplicationIds: ReadonlyMap<SentMessage, string>,
): Promise<readonly SentMessage[]> {
  const Entries = messages.map((message, index) => ({
    Id: String(index),
    MessageBody: message.body,
    ...(fifo && { MessageGroupId: message.group, MessageDeduplicationId: deduplicationIds.get(message)! }),
  }));
  try {
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    return Failed.map(({ Id }) => messages[Number(Id)]!);
  } catch {
    return messages;
  }
}

function secondsSoFar(): number {
  return Math.round((Date.now() - startedAt) / 1000);
}

async function untilEmpty(running: World): Promise<void> {
  for (let state = running.state(); state.left > 0; state = running.state()) {
    console.log(
      `${secondsSoFar()} s: ${state.left} messages left, ${state.users} users, ${state.deadLetters} dead letters, ${state.calls} calls`,
    );
    await sleep(5_000);
  }
}

async function drain({ sqsClient, endpoints }: World): Promise<readonly FoundLetter[]> {
  const QueueUrl = endpoints.deadLetterQueueUrl;
  const letters: FoundLetter[] = [];
  for (;;) {
    const { Messages = [] } = await sqsClient.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    );
    if (Messages.length === 0) return letters;
    for (const { Body, MessageAttributes } of Messages) {
      letters.push({ body: Body!, code: MessageAttributes?.ErrorCode?.StringValue });
    }
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqsClient.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

function print(result: Ledger, wreaked: Havoc, { statistics, users: dataset }: World): void {
  const { calls, callsByOutcome } = statistics();
  const table = new Table({ style: { head: [], border: [] } });
  const list = (counts: object) =>
    Object.entries(counts)
      .map(([cause, count]) => `${count} ${cause}`)
      .join('\n') || 'none';
  const rows: readonly (readonly [string, string | number])[] = [
    ['Users sent', `${result.users} in ${traffic.length} messages`],
    ['Delivered', result.delivered],
    ['Superseded by a newer record of their batch', result.superseded],
    ['Rejected, with a reason', result.rejected],
    ['Good, but tried too often: in the dead-letter queue, with a reason', list(result.exhausted)],
    ['Moved by the queue after crashes, without a reason', result.movedByTheQueue],
    ['Missing, or otherwise unexplained', result.violations.length],
    ['Users whose older record undid a newer one', isOrdered ? disorder.length : 'not looked at'],
    ['Users in the dataset', dataset.size],
    ['Dead letters that are there twice', result.repeatedLetters],
    ['Messages received', `${observed.receives}, ${(observed.receives / traffic.length).toFixed(2)} times each`],
    ['PutUsers calls', `${calls}\n${list(callsByOutcome)}`],
    ['SQS requests that failed', list(sqsFaults)],
    ['Processes killed / frozen until their time-out', `${wreaked.kills} / ${wreaked.freezes}`],
    ['Processes starved of CPU, by what the time-out did', list(wreaked.starved)],
    ['Processes stopped for a while, by what the time-out did', list(wreaked.stalled)],
    ['Outages of PutUsers', wreaked.outages],
    ['Invocations', list(observed.outcomes)],
    ['Messages whose deletion failed', observed.undeleted],
    ['Messages sent again', observed.resent],
    ['Log lines, and those that name a user', `${observed.logLines}, ${observed.leaks.length}`],
    ['Seed', seed],
    ['Duration', `${secondsSoFar()} s, of which ${sentAfter} s until all was sent`],
  ];
  for (const row of rows) table.push([row[0], String(row[1])]);
  console.log(table.toString());
  for (const violation of [...shortcomings, ...result.violations, ...disorder, ...observed.leaks].slice(0, 20))
    console.error(violation);
}

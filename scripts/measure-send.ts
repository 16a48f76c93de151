/**
 * How fast `send` is, and how much memory it takes: `npm run measure:send -- [users] [users per message]`. The queue is a
 * server that takes everything and keeps nothing, so that it is the command line that is measured.
 */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { wholeNumberFrom } from '../cli/arguments.ts';
import { DEFAULT_MAX_PROPERTIES_LENGTH } from '../contract/dataset/put-users-limits.ts';
import { readCommandLine } from '../contract/input/command-line.ts';

const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const SCHEMA = fileURLToPath(new URL('../samples/users-schema.avsc', import.meta.url));

/** Has the process print its peak memory, in KiB, when it ends. */
const PRINT_PEAK =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("peak "+process.resourceUsage().maxRSS+"\\n"))';

const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:000000000000:users';

const [users, usersPerMessage] = readCommandLine(
  new Command('npm run measure:send --')
    .argument('[users]', 'how many', wholeNumberFrom(1, 1_000_000_000), 1_000_000)
    .argument('[usersPerMessage]', 'of one message', wholeNumberFrom(1, 10_000), 10),
).processedArgs as [number, number];
const directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
const queue = await startQueue();
try {
  const file = join(directory, 'users.csv');
  await pipeline(Readable.from(linesOf(users)), createWriteStream(file));
  console.log(`${users} users, ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB of CSV, ${usersPerMessage} a message`);
  const { code, stdout, stderr } = await run([
    'send',
    file,
    '--schema',
    SCHEMA,
    '--json',
    '--world',
    worldFile(queue.endpoint),
  ]);
  const peakInKiB = Number(/^peak (\d+)$/m.exec(stderr)?.[1]);
  if (code !== 0) throw new Error(`send ended with ${code}: ${stderr}`);
  const summary = JSON.parse(stdout) as { seconds: number; usersPerSecond: number; messages: number };
  console.log(
    `${summary.seconds.toFixed(1)} s, ${summary.usersPerSecond} users/s, peak ${(peakInKiB / 1024).toFixed(0)} MiB`,
  );
  if (queue.messages() !== summary.messages) throw new Error(`the queue has had ${queue.messages()} messages`);
} finally {
  queue.stop();
  rmSync(directory, { recursive: true });
}

function* linesOf(count: number): Generator<string> {
  yield 'USER_ID,AGE,GENDER,MEMBERSHIP_TYPE,COUNTRY,NUMBER_OF_VIDEOS_WATCHED,AVERAGE_RATING,SUBSCRIBED,FAVOURITE_GENRES\n';
  for (let from = 0; from < count; from += 1_000) {
    const to = Math.min(count, from + 1_000);
    yield Array.from({ length: to - from }, (_, index) => lineOf(from + index)).join('');
  }
}

/** Every tenth has a value in quotes. */
function lineOf(index: number): string {
  const genres = index % 10 === 0 ? '"Crime|""Noir"", old"' : 'Crime|Drama';
  return `user-${index},${18 + (index % 60)},female,Premium,DE,${index % 4_000},4.5,true,${genres}\n`;
}

async function startQueue() {
  let messages = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    const { Entries } = JSON.parse(Buffer.concat(chunks).toString()) as {
      Entries?: { Id: string; MessageBody: string }[];
    };
    // The command line first asks whether the queue is there.
    if (!Entries) return response.end(JSON.stringify({ Attributes: { QueueArn: QUEUE_ARN } }));
    messages += Entries.length;
    const Successful = Entries.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: `message-${Id}`,
      MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
    }));
    response.end(JSON.stringify({ Successful }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages: () => messages,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function worldFile(endpoint: string): string {
  const path = join(directory, 'world.json');
  const queueUrl = `${endpoint}/000000000000/users`;
  const world = {
    pid: process.pid,
    endpoints: {
      region: 'eu-west-1',
      sqs: endpoint,
      putUsers: endpoint,
      queueUrl,
      deadLetterQueueUrl: queueUrl,
      datasetArn: '',
    },
    queueArn: QUEUE_ARN,
    deadLetterQueueArn: QUEUE_ARN,
    settings: {
      // So many that the load is not refused.
      requestsPerSecond: 1_000,
      usersPerMessage,
      maxReceiveCount: 10,
      maxPropertiesLength: DEFAULT_MAX_PROPERTIES_LENGTH,
      visibilityTimeoutInSeconds: 181,
    },
  };
  writeFileSync(path, JSON.stringify(world));
  return path;
}

async function run(args: readonly string[]) {
  const child = spawn(process.execPath, ['--import', PRINT_PEAK, MAIN, ...args], { cwd: directory });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, stdout, stderr };
}

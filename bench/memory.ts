/** The most memory that the function takes for a batch larger than Lambda will ever give it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startPutUsersService } from '../local/put-users/service.ts';
import { startLocalSqs } from '../local/sqs/local-sqs.ts';
import { type Bundle, bundle, functionEnvironment } from './bundle.ts';
import { type EventOptions, makeEvent } from './event.ts';
import type { Benchmark, Figure } from './figure.ts';
import { median } from './in-turns.ts';

interface Case extends EventOptions {
  readonly variables?: Readonly<Record<string, string>>;
}

/** By the names that they have in the results. */
const CASES: Readonly<Record<string, Case>> = {
  usualBatch: { records: 500 },
  /** Twice the 6 MB that Lambda gives at most. Source: Lambda quotas, invocation payload. */
  delivered: { records: 10_000 },
  /** The same, but every user breaks the contract: dead letters hold on to more than calls do. */
  deadLettered: { records: 10_000, variables: { MAX_PROPERTIES_LENGTH: '1' } },
};

const DATASET_ARN = 'arn:aws:personalize:eu-west-1:123456789012:dataset/bench/USERS';
const TIMEOUT_IN_SECONDS = 300;
const ROUNDS = 3;

export const memory: Benchmark = {
  name: 'memory',
  title: 'Peak memory of the bundled function, handling 10,000 records of 500 bytes',
  run: async () => {
    const built = bundle();
    try {
      const figures: Record<string, Figure> = {};
      for (const [name, { variables = {}, ...eventOptions }] of Object.entries(CASES)) {
        const event = JSON.stringify(makeEvent(eventOptions));
        const peaks: number[] = [];
        for (let round = 0; round < ROUNDS; round++) peaks.push(await peakInMiB(built, event, variables));
        figures[name] = { value: median(peaks), unit: 'MiB', better: 'lower', kind: 'wallClock' };
      }
      return figures;
    } finally {
      built.remove();
    }
  },
};

/**
 * Handles an event in a fresh process, against services in this one, as fast as they answer.
 *
 * @param memoryInMiB - the memory setting that its heap has to fit into
 */
export async function peakInMiB(
  { file }: Pick<Bundle, 'file'>,
  event: string,
  variables: Readonly<Record<string, string>>,
  memoryInMiB = 512,
): Promise<number> {
  const putUsers = await startPutUsersService({ datasets: [{ arn: DATASET_ARN }], quota: 'unlimited' });
  const sqs = await startLocalSqs();
  try {
    await sqs.createQueue({ name: 'dead-letters', attributes: {} });
    const env = functionEnvironment({
      DATASET_ARN,
      DEAD_LETTER_QUEUE_URL: sqs.queueUrl('dead-letters'),
      REQUESTS_PER_SECOND: '1000000',
      AWS_ENDPOINT_URL_PERSONALIZE_EVENTS: putUsers.endpoint,
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      ...variables,
    });
    return await handle(file, event, env, memoryInMiB);
  } finally {
    await Promise.all([putUsers.stop(), sqs.stop()]);
  }
}

/** As Lambda does, it leaves nine tenths of the memory to the heap. */
async function handle(module: string, event: string, env: Record<string, string>, memoryInMiB: number) {
  const program = join(import.meta.dirname, 'memory', 'handle-event.js');
  const parameters = JSON.stringify({ module, timeoutInSeconds: TIMEOUT_IN_SECONDS });
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${Math.floor(memoryInMiB * 0.9)}`, program, parameters],
    {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  child.stdin.end(event);
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (status !== 0) throw new Error(`The process that handles the event ended with ${status}.`);
  return Number(output.trim().split('\n').at(-1));
}

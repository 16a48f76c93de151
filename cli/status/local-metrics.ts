import { setTimeout as sleep } from 'node:timers/promises';
import { getJson } from '../../aws/connections/get-json.ts';
import { queueDepth } from '../aws/queue-depth.ts';
import type { LocalTarget } from '../target.ts';
import type { MetricsReader, PipelineMetrics } from './metrics.ts';

/** Between the first two counts, whose difference is a rate, in milliseconds. */
const FIRST_INTERVAL_IN_MILLISECONDS = 1_000;
/** The local SQS tells of every message at once, so it is not asked when there are more. */
const MOST_MESSAGES_LISTED = 10_000;

interface Count {
  readonly users: number;
  readonly at: number;
}

/** Reads the embedded world's metrics: the rate is the difference between two reads, a second apart at first. */
export function createLocalMetrics(target: LocalTarget): MetricsReader {
  let last: Count | undefined;
  return {
    async read(signal) {
      if (!last) {
        last = await countUsers(target, signal);
        await sleep(FIRST_INTERVAL_IN_MILLISECONDS, undefined, { signal });
      }
      const now = await countUsers(target, signal);
      const deliveredPerSecond = ((now.users - last.users) * 1000) / (now.at - last.at);
      last = now;
      return { deliveredPerSecond, ...(await readQueue(target, signal)) };
    },
    close: () => {},
  };
}

/** See local/put-users/inspection.ts. */
async function countUsers({ putUsersEndpoint }: LocalTarget, signal: AbortSignal): Promise<Count> {
  const statistics = (await getJson(new URL('/_local/statistics', putUsersEndpoint), signal)) as {
    usersStored: number;
  };
  return { users: statistics.usersStored, at: performance.now() };
}

interface InspectedMessage {
  readonly sentTimestamp: number;
  readonly messageGroupId?: string;
}

interface Inspected {
  readonly messages: {
    readonly ready: readonly InspectedMessage[];
    readonly delayed: readonly InspectedMessage[];
    readonly inflight: readonly { readonly message: InspectedMessage }[];
  };
}

/** Source: fauxqs's README, "Queue inspection"; local/sqs/fauxqs-server.ts for the noisy groups. */
async function readQueue(
  { sqs, queueUrl }: LocalTarget,
  signal: AbortSignal,
): Promise<Omit<PipelineMetrics, 'deliveredPerSecond'>> {
  const name = queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
  const noisyPath = new URL(`/_local/queues/${name}/noisy-groups`, queueUrl);
  const { noisyGroups: noisy } = (await getJson(noisyPath, signal)) as { readonly noisyGroups?: readonly string[] };
  const { visible, inFlight, delayed } = await queueDepth(sqs, queueUrl);
  if (visible + inFlight + delayed > MOST_MESSAGES_LISTED) {
    return { oldestAgeInSeconds: undefined, noisySources: noisy?.length };
  }
  const { messages } = (await getJson(new URL(`/_fauxqs/queues/${name}`, queueUrl), signal)) as Inspected;
  const all = [...messages.ready, ...messages.delayed, ...messages.inflight.map(({ message }) => message)];
  const isQuiet = ({ messageGroupId }: InspectedMessage) =>
    messageGroupId === undefined || !noisy?.includes(messageGroupId);
  return {
    oldestAgeInSeconds: ageOfOldest(all),
    ...(noisy && { noisySources: noisy.length, quietAgeInSeconds: ageOfOldest(all.filter(isQuiet)) }),
  };
}

function ageOfOldest(messages: readonly InspectedMessage[]): number {
  // Of no messages it is infinite, and their age 0.
  const oldest = Math.min(...messages.map(({ sentTimestamp }) => sentTimestamp));
  return Math.max(0, Date.now() - oldest) / 1000;
}

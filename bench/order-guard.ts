/**
 * What the order guard takes of the quota: the deployed bundle with and without it empties a backlog in the embedded world, in real
 * time, over HTTP, with the protocol of DynamoDB.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { USERS_PER_CALL } from '../contract/dataset/put-users-limits.ts';
import { sendLines } from '../local/message-file.ts';
import { startWorld, synthesizeWorld } from '../local/world.ts';
import type { Benchmark, Figure, Figures } from './figure.ts';

const USERS = 4_000;
/** As PutUsers has it. Source: Personalize quotas page. */
const CALLS_PER_SECOND = 10;
const LATENCY = { mean: 60, jitter: 20 };

export const orderGuard: Benchmark = {
  name: 'orderGuard',
  title: `${USERS.toLocaleString('en')} users, one a message, through the bundled function in the embedded world; about two minutes`,
  run: async () => guardFigures(await storedAt({ orderGuard: false }), await storedAt({ orderGuard: true })),
};

/** When users were stored, in milliseconds since some moment, in the order of the calls. */
export type StoredAt = readonly number[];

/** The share of the quota of each, and what of it the guard leaves. */
export function guardFigures(without: StoredAt, guarded: StoredAt): Figures {
  const [before, after] = [shareOfQuota(without), shareOfQuota(guarded)];
  return {
    without: figure(100 * before, '%'),
    guarded: figure(100 * after, '%'),
    left: figure(after / before, '×'),
  };
}

/** Those of the first call are not counted: the time begins with it. */
function shareOfQuota(times: StoredAt): number {
  const seconds = (times.at(-1)! - times[0]!) / 1000;
  const later = times.filter((time) => time > times[0]!).length;
  return later / seconds / (CALLS_PER_SECOND * USERS_PER_CALL);
}

function figure(value: number, unit: string): Figure {
  return { value, unit, better: 'higher', kind: 'wallClock' };
}

async function storedAt(settings: { readonly orderGuard: boolean }): Promise<StoredAt> {
  const assemblyDirectory = await mkdtemp(join(tmpdir(), 'personalize-users-bench-'));
  const times: number[] = [];
  try {
    await synthesizeWorld({ orderGuard: String(settings.orderGuard) }, assemblyDirectory);
    const world = await startWorld({
      assemblyDirectory,
      latencyInMilliseconds: LATENCY,
      onStored: (users) => {
        const now = performance.now();
        for (const _ of users) times.push(now);
      },
    });
    try {
      const lines = Array.from({ length: USERS }, (_, index) => ({
        number: index + 1,
        body: JSON.stringify({ userId: `user-${index}`, properties: { numberOfVideosWatched: index } }),
      }));
      const refused = await sendLines(world.sqsClient, world.endpoints.queueUrl, lines);
      if (refused.length > 0) throw new Error(`the queue did not take ${refused.length} messages`);
      for await (const _ of world.untilEmpty());
      if (world.users.size !== USERS) throw new Error(`${world.users.size} of ${USERS} users are in the dataset`);
      return times;
    } finally {
      await world.stop();
    }
  } finally {
    await rm(assemblyDirectory, { recursive: true });
  }
}

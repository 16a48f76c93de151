/** Holds the simulation against the embedded world: the same backlog through both, the world's in real time. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sendLines } from '../../local/message-file.ts';
import { seededRandom } from '../../local/random.ts';
import { startWorld, synthesizeWorld } from '../../local/world.ts';
import { constant } from './arrivals.ts';
import { percentile, sorted } from './observations.ts';
import { createTable } from './report.ts';
import { scenario } from './scenario.ts';
import { simulate } from './simulate.ts';
import { bodyWriter, SCHEMA } from './users.ts';

const USERS = 4_000;
const BAD_USERS = 0.01;
const LATENCY = { mean: 60, jitter: 20 };
const SEED = 1;
/** How far a figure may be from the world's, as a part of it. */
const TOLERATED = 0.05;

interface Figures {
  readonly 'seconds from first to last delivery': number;
  readonly 'PutUsers calls': number;
  readonly 'users delivered a call': number;
  readonly 'rejected calls': number;
  readonly 'median age at delivery, in seconds': number;
}

/** Runs both and prints their figures side by side. False when one of them is too far off. */
export async function checkAgainstEmbeddedWorld(): Promise<boolean> {
  console.log(`${USERS} users through the embedded world, in real time; this takes about a minute.`);
  const world = await runWorld();
  const simulated = await runSimulation(world);

  const table = createTable({ head: ['', 'embedded world', 'simulation', 'off by'] });
  let isClose = true;
  for (const name of Object.keys(simulated) as (keyof Figures)[]) {
    const [real, model] = [world.figures[name], simulated[name]];
    const offBy = (model - real) / real;
    if (Math.abs(offBy) > TOLERATED) isClose = false;
    table.push([name, real.toFixed(2), model.toFixed(2), `${(100 * offBy).toFixed(1)}%`]);
  }
  console.log(table.toString());
  console.log(isClose ? 'All within 5%.' : 'More than 5% apart: the models are wrong, or the machine was busy.');
  return isClose;
}

/** What the world did, and what the simulation must be told about this machine to do the same. */
interface WorldRun {
  readonly figures: Figures;
  readonly sendingSeconds: number;
  readonly sqsMilliseconds: number;
}

async function runWorld(): Promise<WorldRun> {
  const directory = await mkdtemp(join(tmpdir(), 'personalize-users-'));
  const schema = join(directory, 'schema.avsc');
  await writeFile(schema, JSON.stringify(SCHEMA));
  await synthesizeWorld({}, directory);
  const sentAt = new Map<string, number>();
  const storedAt: number[] = [];
  const ages: number[] = [];
  const world = await startWorld({
    assemblyDirectory: directory,
    schema,
    latencyInMilliseconds: LATENCY,
    onStored: (users) => {
      const now = performance.now();
      storedAt.push(now);
      for (const { userId } of users) ages.push((now - sentAt.get(userId)!) / 1000);
    },
  });
  try {
    const bodyOf = bodyWriter(1, BAD_USERS, seededRandom(SEED + 2));
    const lines = Array.from({ length: USERS }, (_, index) => ({ number: index + 1, body: bodyOf(index) }));
    const startedAt = performance.now();
    for (let from = 0; from < USERS; from += 10) {
      const batch = lines.slice(from, from + 10);
      for (const { body } of batch) sentAt.set(JSON.parse(body).userId, performance.now());
      await sendLines(world.sqsClient, world.endpoints.queueUrl, batch);
    }
    const sendingSeconds = (performance.now() - startedAt) / 1000;
    for await (const _ of world.untilEmpty());
    const { calls, callsByOutcome } = world.statistics();
    return {
      sendingSeconds,
      sqsMilliseconds: (sendingSeconds * 1000) / (USERS / 10),
      figures: {
        'seconds from first to last delivery': (storedAt.at(-1)! - storedAt[0]!) / 1000,
        'PutUsers calls': calls,
        'users delivered a call': ages.length / calls,
        'rejected calls': callsByOutcome.InvalidInputException ?? 0,
        'median age at delivery, in seconds': percentile(sorted(ages), 50),
      },
    };
  } finally {
    await world.stop();
    await rm(directory, { recursive: true });
  }
}

async function runSimulation({ sendingSeconds, sqsMilliseconds }: WorldRun): Promise<Figures> {
  const { callingSeconds, calls, users, age } = await simulate(
    scenario({
      arrivals: { ...constant(USERS / sendingSeconds, sendingSeconds), isRegular: true },
      badUsers: BAD_USERS,
      latencyInMilliseconds: LATENCY,
      sqsMilliseconds,
      seed: SEED,
    }),
  );
  return {
    'seconds from first to last delivery': callingSeconds,
    'PutUsers calls': calls.all,
    'users delivered a call': users.delivered / calls.all,
    'rejected calls': calls.rejected,
    'median age at delivery, in seconds': age!.median,
  };
}

/** How much of a core the function takes for a user, beside the least that any way has to take. */
import { join } from 'node:path';
import type { ContenderName } from './cpu/contenders.ts';
import type { Load } from './cpu/load.ts';
import type { EventOptions } from './event.ts';
import type { Benchmark, Figure, Figures } from './figure.ts';
import { type Measurements, measureInTurns, medianRatio, numberFromProcess } from './in-turns.ts';

/** The messages of a batch of 1,000 users, by the names that they have in the results. */
const MESSAGES = {
  single: { records: 1_000 },
  small: { records: 1_000, bytesPerUser: 100 },
  packed: { records: 100, usersPerMessage: 10 },
} satisfies Record<string, EventOptions>;

/** Records in a batch, from the fewest to the most that Lambda gives. */
const BATCH_SIZES = [10, 100, 1_000, 10_000] as const;

/** What the other sizes are compared with. */
const USUAL_BATCH_SIZE = 1_000;

const USERS_PER_SPELL = 10_000;
const ROUNDS = 7;

export const cpu: Benchmark = {
  name: 'cpu',
  title: 'Users settled per second of CPU time, against JSON.parse of the bodies and JSON.stringify of the calls',
  run: async () => ({ ...(await againstTheFloor()), ...(await growth()) }),
};

async function againstTheFloor(): Promise<Figures> {
  const figures: Record<string, Figure> = {};
  for (const [name, options] of Object.entries(MESSAGES)) {
    const times = await measureInTurns(
      {
        pipeline: () => cpuTime('pipeline', options),
        floor: () => cpuTime('floor', options),
        withSchema: () => cpuTime('withSchema', options),
      },
      ROUNDS,
    );
    Object.assign(figures, floorFigures(name, times), schemaFigures(name, times));
  }
  return figures;
}

/** How much of the floor's speed the pipeline has, from the CPU time that each takes for a user. */
export function floorFigures(messages: string, { pipeline, floor }: Measurements<'pipeline' | 'floor'>): Figures {
  return { [messages]: ratio(medianRatio(floor, pipeline), 'higher') };
}

/** How much longer a user takes if the dataset's schema is known. */
export function schemaFigures(
  messages: string,
  { pipeline, withSchema }: Measurements<'pipeline' | 'withSchema'>,
): Figures {
  return { [`${messages}WithSchema`]: ratio(medianRatio(withSchema, pipeline), 'lower') };
}

async function growth(): Promise<Figures> {
  const measures = BATCH_SIZES.map((records) => [records, () => cpuTime('pipeline', { records })] as const);
  return growthFigures(await measureInTurns(Object.fromEntries(measures), ROUNDS));
}

/** How much longer a record takes in batches of each size than in a usual one. Where growth is linear, no longer. */
export function growthFigures(times: Measurements<string>): Figures {
  const usual = times[USUAL_BATCH_SIZE]!;
  const others = Object.entries(times).filter(([records]) => Number(records) !== USUAL_BATCH_SIZE);
  return Object.fromEntries(
    others.map(([records, own]) => [`recordIn${records}`, ratio(medianRatio(own, usual), 'lower')]),
  );
}

function cpuTime(contender: ContenderName, options: EventOptions): Promise<number> {
  const load: Load = { contender, usersPerSpell: USERS_PER_SPELL, ...options };
  return numberFromProcess(join(import.meta.dirname, 'cpu', 'settle-users.ts'), load);
}

function ratio(value: number, better: Figure['better']): Figure {
  return { value, unit: '×', better, kind: 'wallClock' };
}

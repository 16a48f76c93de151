/**
 * A process in which one contender settles users. It prints the CPU time that a user took, of all threads, in
 * microseconds, in the best of several spells: whatever else the machine does can only make one worse.
 */
import type { SQSEvent } from 'aws-lambda';
import { makeEvent } from '../event.ts';
import { CONTENDERS, type Contender } from './contenders.ts';
import type { Load } from './load.ts';

/** Enough for V8 to have compiled all that it will. */
const SPELLS = 12;

const { contender, usersPerSpell, ...eventOptions }: Load = JSON.parse(process.argv[2]!);
const settle: Contender = CONTENDERS[contender]();
const event = makeEvent(eventOptions) as unknown as SQSEvent;

const times: number[] = [];
for (let spell = 0; spell < SPELLS; spell++) times.push(await spellOfSettling());
console.log(Math.min(...times));

async function spellOfSettling(): Promise<number> {
  const before = process.cpuUsage();
  let settled = 0;
  while (settled < usersPerSpell) settled += await settle(event);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / settled;
}

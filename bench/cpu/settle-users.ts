/**
 * A process in which one contender settles users. It prints the CPU time that a user took, of all threads, in
 * microseconds, once the code is warm.
 */
import type { SQSEvent } from 'aws-lambda';
import { makeEvent } from '../event.ts';
import { CONTENDERS, type Contender } from './contenders.ts';
import type { Load } from './load.ts';
import { SPELLS, warmTime } from './warm-spells.ts';

const { contender, usersPerSpell, ...eventOptions }: Load = JSON.parse(process.argv[2]!);
const settle: Contender = CONTENDERS[contender]();
const event = makeEvent(eventOptions) as unknown as SQSEvent;

const times: number[] = [];
while (times.length < SPELLS) times.push(await spellOfSettling());
console.log(warmTime(times));

async function spellOfSettling(): Promise<number> {
  const before = process.cpuUsage();
  let settled = 0;
  while (settled < usersPerSpell) settled += await settle(event);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / settled;
}

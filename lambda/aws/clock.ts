import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../core/ports.ts';

/** The real time. */
export const systemClock: Clock = { now: Date.now, sleep: (milliseconds) => sleep(milliseconds) };

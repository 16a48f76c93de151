import type { EventOptions } from '../event.ts';
import type { ContenderName } from './contenders.ts';

/** What a process measures. */
export interface Load extends EventOptions {
  readonly contender: ContenderName;
  /** How many users are settled at a stretch, at least: the same batch as often as it takes. */
  readonly usersPerSpell: number;
}

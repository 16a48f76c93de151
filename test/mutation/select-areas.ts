import { matchesGlob, normalize } from 'node:path';
import { AREAS, type AreaName, isAreaName } from './areas.ts';

/** An area, or some of its files. */
export interface Selection {
  readonly name: AreaName;
  /** Files and folders; none is the whole area. */
  readonly only: readonly string[];
}

/** What was typed is no area, and no file or folder of one. */
export class NotInAnyAreaError extends Error {
  override readonly name = 'NotInAnyAreaError';
}

const NAMES = Object.keys(AREAS).filter(isAreaName);

/**
 * Which areas are meant by what was typed: names of areas, files and folders. Nothing is all of them.
 *
 * @throws NotInAnyAreaError for what is in none
 */
export function selectAreas(given: readonly string[]): Selection[] {
  if (given.length === 0) return NAMES.map((name) => ({ name, only: [] }));
  const parts: readonly Part[] = given.map((one) => (isAreaName(one) ? { name: one } : partOfArea(one)));
  const whole = new Set(parts.flatMap(({ name, path }) => (path === undefined ? [name] : [])));
  return [...new Set(parts.map(({ name }) => name))].map((name) => ({
    name,
    only: whole.has(name) ? [] : parts.flatMap((part) => (part.name === name && part.path ? [part.path] : [])),
  }));
}

interface Part {
  readonly name: AreaName;
  /** @default the whole area */
  readonly path?: string;
}

function partOfArea(given: string): Part {
  const path = normalize(given).replace(/\/$/, '');
  const isIn = (glob: string) => matchesGlob(path, glob) || matchesGlob(`${path}/any.ts`, glob);
  const name = NAMES.find((each) => AREAS[each].mutate.some(isIn));
  if (!name) throw new NotInAnyAreaError(`${given} is in no area: ${NAMES.join(', ')} (test/mutation/areas.ts)`);
  return { name, path };
}

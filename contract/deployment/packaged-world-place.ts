/** Stands for `world-place.ts` in the package, which is beside no embedded world: the one of the folder that one is in is meant. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export const WORLD_FILE = pathToFileURL(resolve('.local', 'world.json'));

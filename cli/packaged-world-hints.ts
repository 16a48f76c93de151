/** Stands for `world-hints.ts` in the package, which has no embedded world: that comes with the source. */

export const WORLD_RUNNER = 'npm start -- --serve in a clone of the source';

export const START_WORLD =
  'It comes with the source, and not with this package: run npm start -- --serve in a clone of it, and give --world CLONE/.local/world.json here.';

export const START_WORLD_AGAIN = 'Start the embedded world again in the clone that it is of: npm start -- --serve';

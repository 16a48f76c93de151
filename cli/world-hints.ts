/** How the embedded world is started, for hints. `packaged-world-hints.ts` stands for this in the package. */

/** What runs it. Completes "the embedded world of ...". */
export const WORLD_RUNNER = 'npm start -- --serve';

/** What to do if it does not run. */
export const START_WORLD = `Start it in another terminal: ${WORLD_RUNNER}`;

/** What to do if it has to be started anew. */
export const START_WORLD_AGAIN = `Start the embedded world again: ${WORLD_RUNNER}`;

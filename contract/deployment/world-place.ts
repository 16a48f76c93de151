/** Where `npm start -- --serve` writes where its embedded world is. `packaged-world-place.ts` stands for this in the package. */
export const WORLD_FILE = new URL('../../.local/world.json', import.meta.url);

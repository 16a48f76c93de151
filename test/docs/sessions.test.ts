/** README's terminal sessions, typed as they stand into a world like that of `npm start -- --serve`. */
import { expect, jest, test } from '@jest/globals';
import { masked, playSessions, readmeText, sessionsIn } from '../../scripts/sessions.ts';

jest.setTimeout(180_000);

test('they say what the page shows, but for ids, times and rates', async () => {
  const shown = sessionsIn(await readmeText());
  const played = await playSessions();
  expect(Object.keys(shown).toSorted()).toEqual(Object.keys(played).toSorted());
  for (const [name, session] of Object.entries(shown)) expect(masked(played[name]!)).toBe(masked(session));
});

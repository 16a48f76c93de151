/** The ways in which a user breaks the contract, for whoever sends some that do: the simulator's producers, and the soak's. */

/** A user, and what becomes of it. Its properties stay in the text, so that its record can still be told. */
export type Breakage = (
  user: Readonly<Record<string, unknown>>,
  properties: Readonly<Record<string, unknown>>,
) => unknown;

export const BREAKAGES: readonly Breakage[] = [
  (user) => ({ ...user, userId: '' }),
  (user) => ({ ...user, userId: 7 }),
  (user) => ({ ...user, userId: 'x'.repeat(257) }),
  (user) => ({ ...user, props: {} }),
  ({ userId: _, ...user }) => user,
  (user, properties) => ({ ...user, properties: { ...properties, country: { code: 'R' } } }),
  (user, properties) => ({ ...user, properties: { ...properties, favouriteGenres: ['A', 'B'] } }),
  (user, properties) => ({ ...user, properties: { ...properties, country: 'R'.repeat(24_000) } }),
  (user, properties) => ({ ...user, properties: [properties] }),
];

/** A message that was cut off on its way: no JSON. */
export function cutOff(text: string): string {
  return text.slice(0, -1);
}

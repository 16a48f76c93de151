/**
 * Where to split a group that is known to hold a culprit: the size of its first part.
 *
 * The first part is called first. When it is delivered, the culprit must be in the second part, and the call that
 * would only confirm this is saved. A small first part is delivered more often, an even one narrows the search more;
 * these sizes have the fewest calls on average for one culprit (worked out in docs/adr/0003-splitting.md).
 *
 * @param size - users in the group, 2 to 10
 */
export function firstPartSize(size: number): number {
  return Math.max(1, Math.floor(size * 0.4));
}

import { isExactNumber } from './exact-json.ts';

/** Whether a value of a message is an object, and no number that is kept as text. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

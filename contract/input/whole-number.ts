/** Whole numbers within limits, and how it is said what they are. */

/** Whether a value is a whole number within limits, both included. */
export function isWholeNumber(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** Completes the sentence "it takes ...". */
export function wholeNumberWords(min: number, max: number): string {
  return `a whole number from ${min} to ${max}`;
}

/** Whether a value fits its field, where that takes no more than a look: nearly all values of nearly all users. Pure. */
import { MAX_CATEGORY_LENGTH, type Value } from './judge-value.ts';
import type { Field } from './users-schema.ts';

/** Says of a value that it surely fits. What it does not say it of may fit all the same: that is for `judgeValue`. */
export type Glance = (value: Value) => boolean;

/** Makes what looks at the values of a field. */
export function createGlance({ types, categorical }: Field): Glance {
  const takesNull = types.includes('null');
  const takesBoolean = types.includes('boolean');
  // Counted in UTF-16 units, of which a text has no fewer than characters.
  const longestText = types.includes('string') ? (categorical ? MAX_CATEGORY_LENGTH : Number.POSITIVE_INFINITY) : -1;
  const takesDouble = types.includes('double');
  const takesFloat = types.includes('float');
  const takesLong = types.includes('long');
  const takesInt = types.includes('int');
  return (value) => {
    switch (typeof value) {
      case 'string':
        return value.length <= longestText || ((takesInt || takesLong) && SMALL_NUMBER.test(value));
      case 'number':
        if (takesDouble) return Number.isFinite(value);
        if (takesLong) return Number.isSafeInteger(value);
        return (takesInt && (value | 0) === value) || (takesFloat && Number.isFinite(Math.fround(value)));
      case 'boolean':
        return takesBoolean;
      default:
        return value === null && takesNull;
    }
  };
}

/** A whole number of 32 bits in a text, written as numbers are. */
const SMALL_NUMBER = /^(0|-?[1-9]\d{0,8})$/;

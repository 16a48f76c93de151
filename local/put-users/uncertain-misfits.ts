/**
 * The ways in which a user may not fit the dataset's schema of which nobody outside AWS knows whether PutUsers minds. Which of
 * them the service takes can be set, so that both worlds can be tried. All other misfits it refuses whatever is set.
 */

/** What each kind is. */
export const UNCERTAIN_MISFITS = {
  otherSpelling: 'a name that is a property but for case and underscores, such as AGE for age',
  userIdAsProperty: 'the userId again, as a property',
  otherNumber: 'a whole number written with a point or an exponent, 31.0 or 1e1, for an int or long',
  otherNumberText: 'a text that some parsers read as a number, such as "31.0" for an int, "1,000", "031" or "NaN"',
  numberForText: 'a number for a string',
  booleanForText: 'true or false for a string',
  textForBoolean: '"true" or "false" for a boolean',
  otherBooleanText: 'any other text for a boolean, such as "yes"',
  numberForBoolean: 'a number for a boolean, such as 1',
  booleanForNumber: 'true or false for a number',
  valueForNull: 'a value where the only type is null',
  longCategory: 'a categorical value of more than 1,000 characters',
  missing: 'a field without null that is left out',
  nullNotAllowed: 'null for a field without null',
} as const;

/** The name of a kind. */
export type UncertainKind = keyof typeof UNCERTAIN_MISFITS;

/** Every kind. */
export const UNCERTAIN_KINDS = Object.keys(UNCERTAIN_MISFITS) as readonly UncertainKind[];

/** What is taken if nobody says otherwise: what programs that send text and parts of users live on. */
export const ACCEPTED_BY_DEFAULT: readonly UncertainKind[] = ['missing', 'textForBoolean', 'otherNumber'];

/**
 * Reads which kinds to take: names with commas between, `all`, or `none`.
 *
 * @throws RangeError that says what it takes
 */
export function readAccepted(text: string): readonly UncertainKind[] {
  if (text === 'all') return UNCERTAIN_KINDS;
  if (text === 'none') return [];
  return text.split(',').map((part) => {
    const name = part.trim();
    const kind = UNCERTAIN_KINDS.find((each) => each === name);
    if (kind) return kind;
    throw new RangeError(`there is no kind '${name}'; there is all, none, or any of ${UNCERTAIN_KINDS.join(', ')}`);
  });
}

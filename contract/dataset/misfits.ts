/**
 * The ways in which a user may not fit the dataset's schema: the one table that says which of them are certain.
 *
 * A false rejection is worse than a lost call, and nobody outside AWS knows all that PutUsers takes. So what is documented is
 * *certain*: such a user is rejected before the call. All else is *uncertain*: such a user is a suspect, called only
 * together with other suspects of the kind, and PutUsers decides.
 */

/** What is known of a kind of misfit. */
export interface MisfitKnowledge {
  readonly certainty: 'certain' | 'uncertain';
  /** Of a certain one, where it is documented; of an uncertain one, what is known. */
  readonly source: string;
}

/** Each kind of misfit. */
export const MISFITS = {
  unknownName: {
    certainty: 'certain',
    source:
      'API reference, User: property names are those of the fields of the schema, in camelCase; developer guide: a schema cannot be changed.',
  },
  notANumber: {
    certainty: 'certain',
    source: 'Avro 1.11 specification, primitive types; API reference, User: a number may come in a string, like "45".',
  },
  outOfRange: {
    certainty: 'certain',
    source: 'Avro 1.11 specification, primitive types: int has 32 bits, long has 64, float and double are IEEE 754.',
  },
  fraction: {
    certainty: 'certain',
    source:
      'Avro 1.11 specification, primitive types: int and long are whole numbers, so 4.5 is outside of their range.',
  },
  namedTwice: {
    certainty: 'certain',
    source: 'Message contract: a member that is given twice is refused, since only one of them could be stored.',
  },
  otherSpelling: {
    certainty: 'uncertain',
    source:
      'Not documented: a name that is a field but for case and underscores. How a field in mixed case is called is not shown.',
  },
  userIdAsProperty: { certainty: 'uncertain', source: 'Not documented: the userId again, as a property.' },
  otherNumberText: {
    certainty: 'uncertain',
    source: 'Not documented: text such as "31.0" for an int, "1,000", "031", "+31" or "NaN", which some parsers read.',
  },
  numberForText: { certainty: 'uncertain', source: 'Not documented: a number for a string.' },
  booleanForText: { certainty: 'uncertain', source: 'Not documented: true or false for a string.' },
  textForBoolean: { certainty: 'uncertain', source: 'Not documented: the text "true" or "false" for a boolean.' },
  otherBooleanText: { certainty: 'uncertain', source: 'Not documented: any other text, such as "yes", for a boolean.' },
  numberForBoolean: { certainty: 'uncertain', source: 'Not documented: a number, such as 1, for a boolean.' },
  booleanForNumber: { certainty: 'uncertain', source: 'Not documented: true or false for a number.' },
  valueForNull: { certainty: 'uncertain', source: 'Not documented: a value where the only type is null.' },
  longCategory: {
    certainty: 'uncertain',
    source:
      'Quotas page: a categorical value has at most 1,000 characters, and an import job fails above it. Of PutUsers it says nothing.',
  },
  missing: { certainty: 'uncertain', source: 'Not documented: a field without null that is left out.' },
  nullNotAllowed: { certainty: 'uncertain', source: 'Not documented: null for a field without null.' },
} as const satisfies Record<string, MisfitKnowledge>;

/** The name of a kind of misfit. */
export type MisfitKind = keyof typeof MISFITS;

/** Something about a user that does not fit. */
export interface Misfit {
  readonly kind: MisfitKind;
  /** As the message has it. */
  readonly property: string;
  /** What is wrong: what it got, and what the schema takes. May quote data of the user, so it is never logged. */
  readonly problem: string;
}

/** Whether PutUsers surely refuses a user with such a misfit. */
export function isCertain({ kind }: Pick<Misfit, 'kind'>): boolean {
  return MISFITS[kind].certainty === 'certain';
}

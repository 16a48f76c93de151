/** The Avro schema of a Users dataset, as far as users are held to it. */

/** The types that a field of a Users schema may have. Source: Personalize developer guide, schema field types. */
export const FIELD_TYPES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'string'] as const;

/** One of {@link FIELD_TYPES}. */
export type FieldType = (typeof FIELD_TYPES)[number];

/** A field of the schema, other than USER_ID. */
export interface Field {
  /** As the schema has it: `NUMBER_OF_VIDEOS_WATCHED`. */
  readonly name: string;
  /** As a message has it: `numberOfVideosWatched`. */
  readonly property: string;
  /** Its type, or those of its union, in their order. */
  readonly types: readonly FieldType[];
  readonly categorical: boolean;
}

/** What a Users dataset takes besides the userId. */
export interface UsersSchema {
  /** At least one, in the schema's order. */
  readonly fields: readonly Field[];
}

/** The field of every Users schema that holds the userId. Source: Personalize developer guide, Users dataset requirements. */
export const USER_ID_FIELD = 'USER_ID';

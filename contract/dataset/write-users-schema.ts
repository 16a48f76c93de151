/** Writes the schema of a Users dataset for programs: nothing but what users are held to, and in one way only. */
import { type Field, type FieldType, USER_ID_FIELD, type UsersSchema } from './users-schema.ts';

/** A schema as Avro has it. */
export interface AvroRecord {
  readonly type: 'record';
  readonly name: string;
  readonly fields: readonly AvroField[];
}

interface AvroField {
  readonly name: string;
  readonly type: FieldType | readonly FieldType[];
  readonly categorical?: true;
}

/** A schema as Avro, so that `readUsersSchema` reads it, and so would anybody else. */
export function avroOf({ fields }: UsersSchema): AvroRecord {
  return { type: 'record', name: 'Users', fields: [{ name: USER_ID_FIELD, type: 'string' }, ...fields.map(avroField)] };
}

/** Writes a schema. Two that hold users to the same have the same text, however they were formatted. */
export function writeUsersSchema(schema: UsersSchema): string {
  return JSON.stringify(avroOf(schema));
}

function avroField({ name, types, categorical }: Field): AvroField {
  const [only, ...others] = types;
  return { name, type: others.length === 0 ? only! : types, ...(categorical && { categorical }) };
}

import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import { propertiesJsonSchema } from '../dataset/json-schema.ts';
import { DEFAULT_MAX_PROPERTIES_LENGTH } from '../dataset/put-users-limits.ts';
import type { UsersSchema } from '../dataset/users-schema.ts';
import { CONTRACT_VERSION, createMessageSchemas } from './schema.ts';

/** The limit of `properties` that the published contract has; a deployment's setting `maxPropertiesLength` may differ. */
export const PUBLISHED_LIMITS = { maxPropertiesLength: DEFAULT_MAX_PROPERTIES_LENGTH };

/**
 * The message contract as a JSON Schema, made from the schema that the function validates with.
 *
 * @param dataset - what the users' properties are to fit. @default any properties
 */
export function publishedSchema(dataset?: UsersSchema): JsonSchema {
  const { user, message } = createMessageSchemas(PUBLISHED_LIMITS);
  const { $schema, ...schema } = toJsonSchema(message, {
    target: 'draft-2020-12',
    typeMode: 'input',
    definitions: { User: user },
    // These carry their JSON Schema as metadata.
    ignoreActions: ['raw_check', 'raw_transform'],
  });
  return {
    $schema,
    title: `Message body of the users queue, version ${CONTRACT_VERSION}`,
    description: dataset ? `${NOT_SAID} ${NOT_SAID_OF_DATASET}` : NOT_SAID,
    ...(dataset ? withProperties(schema, propertiesJsonSchema(dataset)) : schema),
  };
}

const NOT_SAID =
  'What a schema cannot say: text is well-formed Unicode; a number is finite; `properties` as a string holds JSON of the same form as the object; on a FIFO queue a group that is a userId holds no other user.';

const NOT_SAID_OF_DATASET =
  'A number in a text is within the range of its type, and no field is named both as the schema has it and in camelCase.';

/** The schema, with the properties of one dataset's users in place of any. */
function withProperties(schema: JsonSchema, object: JsonSchema): JsonSchema {
  const { User: user } = schema.$defs as unknown as {
    User: { properties: { properties: { anyOf: readonly JsonSchema[] } } };
  };
  const { properties } = user.properties;
  const anyOf = properties.anyOf.map((way) => (way.type === 'object' ? object : way));
  const User = { ...user, properties: { ...user.properties, properties: { ...properties, anyOf } } };
  return { ...schema, $defs: { User } } as JsonSchema;
}

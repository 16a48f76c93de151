import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import { DEFAULT_MAX_PROPERTIES_LENGTH } from '../contract/dataset/put-users-limits.ts';
import { CONTRACT_VERSION, createMessageSchemas } from '../contract/message/schema.ts';

/** The limit of `properties` that the published contract has; a deployment's setting `maxPropertiesLength` may differ. */
export const PUBLISHED_LIMITS = { maxPropertiesLength: DEFAULT_MAX_PROPERTIES_LENGTH };

/** The message contract as a JSON Schema, made from the schema that the function validates with. */
export function publishedSchema(): JsonSchema {
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
    description:
      'What a schema cannot say: text is well-formed Unicode; a number is finite; `properties` as a string holds JSON of the same form as the object.',
    ...schema,
  };
}

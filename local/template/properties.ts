import * as v from 'valibot';
import { resolve, type Scope } from './intrinsics.ts';
import { type Resource, TemplateError } from './template.ts';

/** A scalar, as the string that the service is given. */
export const SCALAR = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));

/**
 * Reads a resource's properties.
 *
 * @param schema - the properties that are read, and nothing is resolved but these
 * @param ignored - the properties that make no difference in the local world
 * @throws TemplateError for any other property, and for a value that is not as the schema has it
 */
export function readProperties<const Entries extends v.ObjectEntries>(
  logicalId: string,
  { Condition, Properties = {} }: Resource,
  schema: v.ObjectSchema<Entries, undefined>,
  ignored: readonly string[],
  scope: Scope,
): v.InferOutput<v.ObjectSchema<Entries, undefined>> {
  if (Condition)
    throw new TemplateError({ logicalId, member: 'Condition' }, 'the local world does not know conditions');
  const read = Object.entries(Properties).filter(([name]) => !ignored.includes(name));
  for (const [name] of read) {
    if (name in schema.entries) continue;
    throw new TemplateError({ logicalId, member: `Properties.${name}` }, 'the local world does not know this property');
  }
  const place = { logicalId, member: 'Properties' };
  const result = v.safeParse(schema, resolve(Object.fromEntries(read), scope, place));
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw new TemplateError({ logicalId, member: path ? `Properties.${path}` : 'Properties' }, issue.message);
}

/** Whether a dataset takes the properties of a user, by its schema. */
import { ServiceError } from './errors.ts';
import { fitsOf, MAX_CATEGORY_LENGTH } from './judge-value.ts';
import type { WrittenProperties, WrittenValue } from './properties.ts';
import type { UncertainKind } from './uncertain-misfits.ts';
import type { Field, UsersSchema } from './users-schema.ts';

/**
 * Lets properties pass that the dataset can store.
 *
 * @throws ServiceError InvalidInputException that names the property
 */
export type CheckUser = (properties: WrittenProperties) => void;

/**
 * Makes the check of a dataset's users.
 *
 * @param accepted the kinds of misfit that pass
 */
export function checkBySchema(schema: UsersSchema, accepted: readonly UncertainKind[]): CheckUser {
  const passes = new Set<string>(['takes', ...accepted]);
  const fields = new Map(schema.map((field) => [field.property, field]));
  const spellings = new Map(schema.map((field) => [letters(field.property), field]));

  return (properties) => {
    const given = new Set<Field>();
    for (const [name, value] of Object.entries(properties)) {
      const field = fields.get(name) ?? (passes.has('otherSpelling') ? spellings.get(letters(name)) : undefined);
      if (field === undefined) {
        if (letters(name) === 'userid' && passes.has('userIdAsProperty')) continue;
        throw invalid(`Property '${name}' is not in the schema of the dataset`);
      }
      if (given.has(field)) throw invalid(`Property '${name}' is there twice, in two spellings`);
      given.add(field);
      if (!fitsOf(field, value).some((fit) => passes.has(fit))) throw invalid(problem(name, field, value));
    }
    if (passes.has('missing')) return;
    const missing = schema.find((field) => !field.types.includes('null') && !given.has(field));
    if (missing) {
      throw invalid(`Property '${missing.property}' is missing, and the schema of the dataset does not let it be null`);
    }
  };
}

/** A name without what spellings of it differ in. */
function letters(name: string): string {
  return name.toLowerCase().replace(/_/g, '');
}

function problem(name: string, field: Field, value: WrittenValue): string {
  if (fitsOf(field, value).includes('longCategory')) {
    return `Property '${name}' must have at most ${MAX_CATEGORY_LENGTH} characters, since the schema of the dataset says that it is categorical`;
  }
  return `Property '${name}' must be of type ${field.types.join(' or ')}, as the schema of the dataset says`;
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidInputException', message);
}

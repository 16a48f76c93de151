/** The dataset, and whether its schema is the one that the deployment goes by. */
import { readUsersSchema, SchemaError } from '../../../contract/dataset/read-users-schema.ts';
import type { Field, UsersSchema } from '../../../contract/dataset/users-schema.ts';
import { type Finding, failed, findingOf, warning } from '../finding.ts';

/** Of DescribeDataset. */
export interface DatasetState {
  readonly arn: string;
  readonly region: string;
  readonly status: string | undefined;
  readonly type: string | undefined;
}

export const DATASET = 'Dataset';

/** @param region - of the stack */
export function checkDataset({ arn, region: own, status, type }: DatasetState, region: string): Finding {
  return findingOf(
    DATASET,
    [
      status === 'ACTIVE'
        ? undefined
        : failed(
            `It is ${status ?? 'in an unknown state'}, and not ACTIVE.`,
            'Wait until it is; if it failed, make it again.',
          ),
      type?.toUpperCase() === 'USERS'
        ? undefined
        : failed(
            `It is of the kind ${type ?? 'unknown'}, and not USERS.`,
            'Deploy with the ARN of the Users dataset (datasetArn).',
          ),
      own === region
        ? undefined
        : failed(`It is in ${own}, and the stack is in ${region}.`, 'Deploy the stack in the region of the dataset.'),
    ],
    `ACTIVE, of the kind USERS, in this region: ${arn}.`,
  );
}

export const SCHEMA = 'Schema';

/** What the deployment knows of the schema. */
export type DeployedSchema =
  | { readonly kind: 'none' }
  | { readonly kind: 'known'; readonly schema: UsersSchema }
  /** It was too long for the output that says it. */
  | { readonly kind: 'unsaid' };

/** @param text - the dataset's, as Avro */
export function checkSchema(text: string, deployed: DeployedSchema): Finding {
  if (deployed.kind === 'none') {
    return findingOf(SCHEMA, [], 'The deployment goes by none (schemaFile): whatever users it gets, PutUsers judges.');
  }
  if (deployed.kind === 'unsaid') {
    return findingOf(
      SCHEMA,
      [
        warning(
          'The deployed one is too long for the output Settings, and cannot be compared.',
          'Compare it yourself: personalize-users schema',
        ),
      ],
      '',
    );
  }
  const found = read(text);
  if (typeof found === 'string') {
    return findingOf(SCHEMA, [warning(`The dataset's cannot be read: ${found}.`, 'Please report it.')], '');
  }
  const drift = differencesOf(found, deployed.schema);
  return findingOf(
    SCHEMA,
    [
      drift.length > 0
        ? failed(
            `The dataset has another schema than the deployment goes by: ${drift.join('; ')}. Good users may be rejected.`,
            'personalize-users schema > users-schema.avsc, and deploy with that (schemaFile).',
          )
        : undefined,
    ],
    `The deployment goes by the dataset's own, ${found.fields.length} fields.`,
  );
}

function read(text: string): UsersSchema | string {
  try {
    return readUsersSchema(text);
  } catch (error) {
    if (error instanceof SchemaError) return error.message;
    throw error;
  }
}

/** In words, at most as many as fit a table. */
function differencesOf(found: UsersSchema, deployed: UsersSchema): readonly string[] {
  const [ours, theirs] = [byName(deployed), byName(found)];
  const lines = [
    ...[...theirs.keys()].filter((name) => !ours.has(name)).map((name) => `${name} is not deployed`),
    ...[...ours.keys()].filter((name) => !theirs.has(name)).map((name) => `${name} is not in the dataset`),
    ...[...ours].flatMap(([name, field]) => {
      const other = theirs.get(name);
      return other && textOf(other) !== textOf(field)
        ? [`${name} is ${textOf(other)} and was deployed as ${textOf(field)}`]
        : [];
    }),
  ];
  // The order of the fields holds nobody to anything.
  return lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} more`] : lines;
}

const MOST_LINES = 5;

function byName({ fields }: UsersSchema): ReadonlyMap<string, Field> {
  return new Map(fields.map((field) => [field.name, field]));
}

function textOf({ types, categorical }: Field): string {
  return `${types.join('|')}${categorical ? ', categorical' : ''}`;
}

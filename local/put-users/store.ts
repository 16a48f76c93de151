import { isDatasetArn } from './constraints.ts';
import { type CheckUser, checkBySchema } from './judge-user.ts';
import type { StoredProperties } from './properties.ts';
import { ACCEPTED_BY_DEFAULT, type UncertainKind } from './uncertain-misfits.ts';
import type { UsersSchema } from './users-schema.ts';

/** A user as the dataset holds it. */
export interface StoredUser {
  readonly userId: string;
  readonly properties: StoredProperties;
}

/** While a dataset is being updated, the service refuses to write to it. */
export type DatasetStatus = 'ACTIVE' | 'UPDATING';

/** A Users dataset: who it is, what it takes, what it holds. */
export interface Dataset {
  readonly arn: string;
  /** Holds users to its schema, if it has one. */
  readonly check: CheckUser;
  readonly status: DatasetStatus;
  readonly users: ReadonlyMap<string, StoredUser>;
}

/** The datasets of the service, in the order in which they were given. */
export interface DatasetStore {
  readonly arns: readonly string[];
  find(arn: string): Dataset | undefined;
  get(arn: string): Dataset;
  /** Puts users into a dataset. One that was there is replaced, not merged; of two with one userId the last stays. */
  put(arn: string, users: readonly StoredUser[]): void;
  setStatus(arn: string, status: DatasetStatus): void;
}

/** A dataset to start with; it holds no users. */
export interface NewDataset {
  readonly arn: string;
  /** What `readUsersSchema` returned. @default any flat properties are taken */
  readonly schema?: UsersSchema | undefined;
  /** The kinds of misfit that it takes nevertheless. @default `ACCEPTED_BY_DEFAULT` */
  readonly accept?: readonly UncertainKind[] | undefined;
  /** @default 'ACTIVE' */
  readonly status?: DatasetStatus;
}

/** Is told of each call that stored users, with what it stored. */
export type OnStored = (users: readonly StoredUser[]) => void;

/**
 * Holds datasets in memory. `get`, `put` and `setStatus` throw a RangeError for an ARN that is not among them.
 *
 * @throws RangeError for no dataset at all, two with one ARN, or an ARN that no request could name
 */
export function datasetStore(newDatasets: readonly NewDataset[], onStored: OnStored = () => {}): DatasetStore {
  checkArns(newDatasets.map((dataset) => dataset.arn));
  const datasets = new Map(newDatasets.map((dataset) => [dataset.arn, emptyDataset(dataset)]));
  const arns = [...datasets.keys()];

  const existing = (arn: string) => {
    const dataset = datasets.get(arn);
    if (dataset === undefined) throw new RangeError(`there is no dataset ${arn}; there is ${arns.join(', ')}`);
    return dataset;
  };

  return {
    arns,
    find: (arn) => datasets.get(arn),
    get: existing,
    put: (arn, users) => {
      const held = existing(arn).users;
      for (const user of users) held.set(user.userId, user);
      onStored(users);
    },
    setStatus: (arn, status) => {
      existing(arn).status = status;
    },
  };
}

interface MutableDataset extends Dataset {
  status: DatasetStatus;
  readonly users: Map<string, StoredUser>;
}

function checkArns(arns: readonly string[]): void {
  if (arns.length === 0) throw new RangeError('datasets must hold at least one dataset');
  if (new Set(arns).size < arns.length) throw new RangeError('datasets must not hold one ARN twice');
  for (const arn of arns) {
    if (isDatasetArn(arn)) continue;
    throw new RangeError(
      `a dataset takes an ARN like arn:aws:personalize:eu-central-1:123456789012:dataset/shop/USERS, not '${arn}'`,
    );
  }
}

function emptyDataset({ arn, schema, accept = ACCEPTED_BY_DEFAULT, status = 'ACTIVE' }: NewDataset): MutableDataset {
  const check = schema ? checkBySchema(schema, accept) : () => {};
  return { arn, check, status, users: new Map() };
}

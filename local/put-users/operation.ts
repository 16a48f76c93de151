/**
 * What PutUsers makes of a request that was admitted: the users to store, or an error.
 *
 * The service looks at the model's constraints first, then for the dataset, then into the properties of each user.
 * One bad user rejects the whole call.
 */
import { assertConstraints, type Limits, type RequestedUser } from './constraints.ts';
import { ServiceError } from './errors.ts';
import { readProperties, toStore } from './properties.ts';
import type { PutUsersInput } from './request.ts';
import type { Dataset, StoredUser } from './store.ts';

/** A request that is good as a whole: what to store, and where. */
export interface AcceptedRequest {
  readonly datasetArn: string;
  readonly users: readonly StoredUser[];
}

/**
 * Decides on a request. Changes nothing.
 *
 * @param find a dataset by its ARN
 * @throws ServiceError ValidationException, ResourceNotFoundException, ResourceInUseException or InvalidInputException,
 * looked for in that order
 */
export function decide(
  input: PutUsersInput,
  find: (arn: string) => Dataset | undefined,
  limits: Limits,
): AcceptedRequest {
  assertConstraints(input, limits);
  const dataset = writableDataset(find(input.datasetArn), input.datasetArn);
  return { datasetArn: dataset.arn, users: input.users.map((user) => storableUser(user, dataset)) };
}

function writableDataset(dataset: Dataset | undefined, arn: string): Dataset {
  if (dataset === undefined) {
    throw new ServiceError('ResourceNotFoundException', `Could not find the specified resource: ${arn}`);
  }
  if (dataset.status === 'UPDATING') {
    throw new ServiceError('ResourceInUseException', `The specified resource is in use: ${arn}`);
  }
  return dataset;
}

function storableUser({ userId, properties: text }: RequestedUser, { check }: Dataset): StoredUser {
  const properties = readProperties(text);
  check(properties);
  return { userId, properties: toStore(properties) };
}

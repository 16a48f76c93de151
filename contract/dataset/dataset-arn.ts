/** The ARN of the Users dataset: what is accepted as one, and what it says. */

/** Characters in the `datasetArn` of a PutUsers call, at most. Source: PutUsers API reference. */
const MAX_LENGTH = 256;

/**
 * Narrower than PutUsers' own pattern, `^arn:([a-z\d-]+):personalize:.*:.*:.+$`: an ARN that only the pattern accepts
 * (another dataset's, or one without a region) would be refused by every call.
 * Source: CreateDataset API reference, which gives the dataset group's name its pattern.
 */
const USERS_DATASET_ARN =
  /^arn:[a-z\d-]+:personalize:(?<region>[a-z\d-]+):(?<account>\d{12}):dataset\/[A-Za-z\d][\w-]{0,62}\/USERS$/;

/** Where a dataset lives. */
export interface DatasetPlace {
  /** The 12 digits of an AWS account. */
  readonly account: string;
  /** Such as `eu-west-1`. */
  readonly region: string;
}

/** Whether this is the ARN of a Users dataset, of at most 256 characters. */
export function isUsersDatasetArn(arn: string): boolean {
  return arn.length <= MAX_LENGTH && USERS_DATASET_ARN.test(arn);
}

/**
 * The account and region of a dataset.
 *
 * @param arn - one that `isUsersDatasetArn` accepts
 * @throws TypeError when it is not
 */
export function placeOf(arn: string): DatasetPlace {
  const { account, region } = USERS_DATASET_ARN.exec(arn)?.groups ?? {};
  if (!account || !region) throw new TypeError(`Not the ARN of a Users dataset: ${arn}`);
  return { account, region };
}

/** Where things are, as far as that is known when the stack is synthesized, and what has to be where. */
import { type ResourceEnvironment, Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import { SettingError } from './setting.ts';

/** A place. What is not known (a token) is absent, and nothing is refused for it. */
export interface Place {
  /** Such as `aws`, or `aws-cn` in China. */
  readonly partition?: string | undefined;
  /** Such as `eu-west-1`. */
  readonly region?: string | undefined;
  /** The 12 digits of an AWS account. */
  readonly account?: string | undefined;
}

/** The parts of a place, the widest first. */
export const PARTS = ['partition', 'region', 'account'] as const satisfies readonly (keyof Place)[];

/** The partition of a region. The CDK does not know the newest regions. */
export function partitionOf(region: string | undefined): string | undefined {
  return region === undefined ? undefined : RegionInfo.get(region).partition;
}

/** What an ARN says. */
export function placeOfArn(arn: string): Place {
  const [, partition, , region, account] = arn.split(':');
  return { partition: known(partition), region: known(region), account: known(account) };
}

/** Where a stack goes, or a resource is. */
export function placeOfEnvironment({ region, account }: Pick<ResourceEnvironment, 'region' | 'account'>): Place {
  return { partition: partitionOf(known(region)), region: known(region), account: known(account) };
}

/** What is known of a place, completed by what is known of it from elsewhere. */
export function completed(place: Place, otherwise: Place): Place {
  const { partition = otherwise.partition, region = otherwise.region, account = otherwise.account } = place;
  return { partition, region, account };
}

/** Where the construct's stack goes: if the stack does not say, it has to be where the dataset is. */
export function placeOfPipeline(scope: Construct, datasetArn: string): Place {
  return completed(placeOfEnvironment(Stack.of(scope)), placeOfArn(datasetArn));
}

/** The first of the parts that are known of both places and differ. */
export function difference(a: Place, b: Place, parts: readonly (keyof Place)[] = PARTS): keyof Place | undefined {
  return parts.find((part) => a[part] !== undefined && b[part] !== undefined && a[part] !== b[part]);
}

/**
 * Refuses a dataset that no function in the stack could call PutUsers on: the client calls the function's own region, and a
 * dataset has no policy that would let another account in.
 *
 * @throws SettingError
 */
export function refuseDatasetElsewhere(scope: Construct, datasetArn: string): void {
  refuseImpossibleDataset(datasetArn);
  const [dataset, stack] = [placeOfArn(datasetArn), placeOfEnvironment(Stack.of(scope))];
  const part = difference(dataset, stack);
  if (part === undefined) return;
  throw new SettingError(
    'datasetArn',
    `datasetArn takes a dataset in the stack's ${part}, which is ${stack[part]}, but got one in ${dataset[part]}.`,
  );
}

/**
 * Refuses a dataset whose region is in another partition. Source: AWS General Reference, ARNs.
 *
 * @throws SettingError
 */
export function refuseImpossibleDataset(datasetArn: string): void {
  const { partition, region } = placeOfArn(datasetArn);
  const itsOwn = partitionOf(region);
  if (difference({ partition }, { partition: itsOwn }) === undefined) return;
  throw new SettingError(
    'datasetArn',
    `datasetArn takes a dataset in the partition of its region, which is ${itsOwn}, but got one in ${partition}.`,
  );
}

function known(part: string | undefined): string | undefined {
  return part === undefined || part === '' || Token.isUnresolved(part) ? undefined : part;
}

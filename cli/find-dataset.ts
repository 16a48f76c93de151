/** The Users dataset that a command is about: by its ARN, or the one of a stack. */
import { InvalidArgumentError } from 'commander';
import { isUsersDatasetArn, placeOf as placeOfDataset } from '../contract/dataset/dataset-arn.ts';
import type { TargetSettings } from '../contract/deployment/settings-output.ts';
import { withConnection } from './commands/with-connection.ts';
import { CommandError } from './failure.ts';
import { missingOutput, placeOf } from './stack-target.ts';
import type { AwsPlace, TargetOptions } from './target.ts';

/** A dataset, and where Personalize is to be asked about it. */
export interface FoundDataset {
  readonly datasetArn: string;
  readonly place: AwsPlace;
  /** Of the stack; undefined where none was asked. */
  readonly settings?: TargetSettings;
}

/** The options that say which dataset. */
export interface DatasetOptions extends TargetOptions {
  readonly datasetArn?: string;
}

/**
 * Finds it.
 *
 * @param local - what is said of the embedded world, which has no Personalize
 * @throws CommandError when there is no such stack, or it is the embedded world
 */
export async function findDataset(
  options: DatasetOptions,
  local: { readonly problem: string; readonly hint: string },
): Promise<FoundDataset> {
  if (options.datasetArn !== undefined) {
    // Only its own region knows of it.
    return {
      datasetArn: options.datasetArn,
      place: { ...placeOf(options), region: placeOfDataset(options.datasetArn).region },
    };
  }
  return withConnection(options, async (target): Promise<FoundDataset> => {
    if (target.kind === 'local') throw new CommandError(local.problem, { hint: local.hint });
    const datasetArn = target.outputs.DatasetArn ?? missingOutput(target.name, 'DatasetArn');
    return {
      datasetArn,
      place: { ...target.place, region: placeOfDataset(datasetArn).region },
      settings: target.settings,
    };
  });
}

/** Reads the value of `--dataset-arn`. */
export function readDatasetArn(text: string): string {
  if (isUsersDatasetArn(text)) return text;
  throw new InvalidArgumentError(
    'It takes the ARN of a Users dataset, like arn:aws:personalize:eu-west-1:123456789012:dataset/shop/USERS.',
  );
}

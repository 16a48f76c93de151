/** `init`: an app that deploys the pipeline, in an empty folder. */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { readDatasetArn } from '../find-dataset.ts';
import { appFiles } from '../init/app-files.ts';
import { SAMPLE_SCHEMA_FILE } from '../init/sample-schema.ts';
import { VERSIONS } from '../init/versions.ts';
import { appName, mustBeEmpty, writeApp } from '../init/write-app.ts';
import { note } from '../terminal.ts';

/** Stands for the user's own until that is known. */
const EXAMPLE_DATASET_ARN = 'arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/USERS';

const HELP = `
Examples:
  mkdir users-pipeline && cd users-pipeline
  personalize-users init --dataset-arn arn:aws:personalize:eu-west-1:123456789012:dataset/shop/USERS`;

export function initCommand(): Command {
  return new Command('init')
    .option('--dataset-arn <arn>', 'the Users dataset (default: an example to replace)', readDatasetArn)
    .addHelpText('after', HELP)
    .action(async ({ datasetArn = EXAMPLE_DATASET_ARN }: { datasetArn?: string }) => {
      const folder = process.cwd();
      await mustBeEmpty(folder);
      const schema = await readFile(SAMPLE_SCHEMA_FILE, 'utf8');
      await writeApp(folder, appFiles({ name: appName(folder), datasetArn, schema, versions: VERSIONS }));
      note('Wrote app.ts, which makes the stack, and what it needs. README.md says how to go on. Next:');
      note('  npm install && npx cdk synth');
    });
}

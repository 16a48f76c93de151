/** `import`: users from a file into the dataset by a bulk import, beside the queue and its quota. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { numberFrom } from '../arguments.ts';
import { withTarget } from '../connect.ts';
import { readDatasetArn } from '../find-dataset.ts';
import { withFooter } from '../help.ts';
import { IMPORT_MODES } from '../import/import-modes.ts';
import { type ImportOptions, requestOf } from '../import/import-options.ts';
import { interruptionSignal } from '../interruption.ts';
import { withFileOptions } from '../send/file-options.ts';

const HELP = `
It reads the same files as send, and checks them with the dataset's schema. It uploads what fits as CSV, starts an import job
(CreateDatasetImportJob), and waits for it. What does not fit goes to the rejects file with its line and the reason, and the
exit code is 3.

Personalize reads the bucket with the role. If the role or the bucket's policy does not allow it, the command prints the policy
to add, and uploads nothing.

A full import replaces what earlier imports brought, but not what PutUsers put. The first import of a dataset is always full.
An incremental import adds users, and replaces those that are there.

Ctrl-C removes an unfinished upload. Once the job is started, Ctrl-C ends the waiting, and not the job: --job waits again.

Examples:
  personalize-users import users.csv --bucket my-bucket --role-arn arn:aws:iam::123456789012:role/PersonalizeRole
  personalize-users import users.csv --dataset-arn ARN --bucket my-bucket --role-arn ROLE --dry-run
  personalize-users import --job arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/users-1
`;

export function importCommand(): Command {
  const command = new Command('import')
    .argument('[file]', 'CSV or JSON in UTF-8, also with gzip; - for standard input')
    .option('--bucket <name>', 'the bucket to upload the file to')
    .option('--prefix <prefix>', 'how the name of the uploaded file begins', 'personalize-users/')
    .option('--role-arn <arn>', 'the role with which Personalize reads it', readRoleArn)
    .option('--dataset-arn <arn>', "the dataset, deployed or not (default: the stack's)", readDatasetArn)
    .option('--schema <file>', "the dataset's Avro schema (default: asks Personalize)")
    .addOption(
      new Option(
        '--mode <mode>',
        'incremental adds to earlier imports, full replaces them (default: incremental; full for the first)',
      ).choices(IMPORT_MODES),
    );
  withFileOptions(command)
    .option('--job <arn>', 'wait for an import that was started before', readJobArn)
    .option('--poll <seconds>', 'seconds between two looks at the import', numberFrom(0.01, 3600), 15)
    .option('--no-check', 'do not check the policies of the bucket and the role')
    .option('--dry-run', 'only check; upload nothing')
    .option('--yes', 'do not ask before a full import that replaces others')
    .action(async (file: string | undefined, options: ImportOptions) => {
      const request = requestOf(file, options);
      const signal = interruptionSignal();
      // The clients of S3 and IAM are large: nothing but this command waits for them.
      const { followImport, runImport } = await import('../import/run-import.ts');
      if (request.kind === 'follow') await followImport(request.jobArn, options, signal);
      else await runImport(request, options, signal);
    });
  return withFooter(withTarget(command), HELP);
}

/** Source: CreateDatasetImportJob API reference, `roleArn`. */
function readRoleArn(text: string): string {
  if (/^arn:[a-z\d-]+:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/.test(text) && text.length <= 256) return text;
  throw new InvalidArgumentError('It takes the ARN of a role, like arn:aws:iam::123456789012:role/PersonalizeRole.');
}

function readJobArn(text: string): string {
  if (/^arn:[a-z\d-]+:personalize:[a-z\d-]+:\d{12}:dataset-import-job\/.+$/.test(text)) return text;
  throw new InvalidArgumentError(
    'It takes the ARN of an import, like arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/users-1.',
  );
}

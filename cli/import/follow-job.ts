/** Follows an import until Personalize has ended it. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DatasetImportJob,
  DescribeDatasetImportJobCommand,
  type PersonalizeClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-personalize';
import { CommandError, toCommandError } from '../failure.ts';
import { InterruptedError } from '../interruption.ts';
import { createLiveLines, formatDuration } from '../terminal.ts';

export interface FollowOptions {
  /** Between two looks, in seconds. */
  readonly intervalInSeconds: number;
  /** Ends the following, not the import. */
  readonly signal: AbortSignal;
}

/** Source: DescribeDatasetImportJob API reference, status. */
const UNDER_WAY = new Set(['CREATE PENDING', 'CREATE IN_PROGRESS']);

/**
 * Waits for an import.
 *
 * @returns the import, once its users are in the dataset
 * @throws CommandError with the service's reason when it has failed, or when it is not known any longer how it goes; and
 * InterruptedError: both say how to go on
 */
export async function followJob(
  client: PersonalizeClient,
  jobArn: string,
  { intervalInSeconds, signal }: FollowOptions,
): Promise<DatasetImportJob> {
  const live = createLiveLines();
  const startedAt = performance.now();
  try {
    for (;;) {
      const job = await describe(client, jobArn);
      if (job.status === 'ACTIVE') return job;
      if (!UNDER_WAY.has(job.status ?? '')) throw failed(job, jobArn);
      const waited = formatDuration((performance.now() - startedAt) / 1000);
      live.show(`The import is ${job.status}, ${waited} so far. Ctrl-C leaves it alone, and only ends the waiting.`);
      await sleep(intervalInSeconds * 1000, undefined, { signal });
    }
  } catch (error) {
    throw explain(error, jobArn, signal);
  } finally {
    live.clear();
  }
}

async function describe(client: PersonalizeClient, datasetImportJobArn: string): Promise<DatasetImportJob> {
  try {
    const { datasetImportJob } = await client.send(new DescribeDatasetImportJobCommand({ datasetImportJobArn }));
    return datasetImportJob ?? {};
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new ImportEndedError(`There is no import ${datasetImportJobArn}.`, {
      hint: 'aws personalize list-dataset-import-jobs tells which there are. It may be in another account: give --profile.',
      cause: error,
    });
  }
}

/** Nothing to go on with. */
class ImportEndedError extends CommandError {}

function failed({ status, failureReason, dataSource }: DatasetImportJob, jobArn: string): ImportEndedError {
  const why = failureReason
    ? `Personalize says: ${failureReason}`
    : `Its status is ${status}, and Personalize gives no reason.`;
  return new ImportEndedError(`The import has failed. ${why}`, {
    hint: `${jobArn} has read ${dataSource?.dataLocation ?? 'its file'}, which is still there. Mend what it says, and import again.`,
  });
}

function explain(error: unknown, jobArn: string, signal: AbortSignal): unknown {
  if (error instanceof ImportEndedError) return error;
  const goOn = `The import goes on by itself. See how: personalize-users import --job ${jobArn}`;
  if (signal.aborted) return new InterruptedError((signal.reason as InterruptedError).exitCode, 'Interrupted.', goOn);
  const known = toCommandError(error);
  if (!known) return error;
  return new CommandError(known.message, { hint: known.hint ? `${known.hint} ${goOn}` : goOn, cause: error });
}

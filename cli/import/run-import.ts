/** Imports users in bulk: looks, checks, uploads, begins the import, and waits for it. */
import { randomBytes } from 'node:crypto';
import { IAMClient } from '@aws-sdk/client-iam';
import {
  CreateDatasetImportJobCommand,
  type DatasetImportJob,
  PersonalizeClient,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-personalize';
import { S3Client } from '@aws-sdk/client-s3';
import { placeOf as placeOfDataset } from '../../contract/dataset/dataset-arn.ts';
import { EXIT_CODES } from '../../contract/input/exit-codes.ts';
import { createMessageReader } from '../../contract/message/read-message.ts';
import { withCallsRemembered } from '../aws/calls.ts';
import { reached } from '../aws/reached.ts';
import { askFor } from '../confirmation.ts';
import { CommandError, toCommandError } from '../failure.ts';
import { type FoundDataset, findDataset } from '../find-dataset.ts';
import { InterruptedError } from '../interruption.ts';
import { explainBroken, isBroken } from '../send/explain.ts';
import { type Format, recognize } from '../send/format.ts';
import { type Input, openInput } from '../send/input.ts';
import { openRejects } from '../send/rejects-file.ts';
import { DEFAULT_SETTINGS, rejectsFileOf } from '../send/send-options.ts';
import type { Mark } from '../send/send-users.ts';
import { createView } from '../send/view.ts';
import { clientSettings, placeOf } from '../stack-target.ts';
import { formatCount, note, print, printJson } from '../terminal.ts';
import { type AccessQuestion, checkAccess, type Finding } from './check-access.ts';
import { createCsvWriter } from './csv-row.ts';
import { followJob } from './follow-job.ts';
import { describePlan, type ImportPlan, listImports, planImport } from './import-mode.ts';
import type { ImportOptions, ImportRequest } from './import-options.ts';
import { findSchema, type ImportSchema } from './import-schema.ts';
import { beginUpload, NOWHERE } from './upload.ts';
import { writeUsers } from './write-users.ts';

const NO_LOCAL_IMPORT = {
  problem: 'The embedded world has no bulk import.',
  hint: 'npx personalize-users send takes a file of any size to it.',
};

/** Follows an import that was begun, and prints what became of it. */
export async function followImport(jobArn: string, options: ImportOptions, signal: AbortSignal): Promise<void> {
  const region = jobArn.split(':')[3]!;
  const personalize = reached(new PersonalizeClient(clientSettings({ ...placeOf(options), region })));
  try {
    const job = await followJob(personalize, jobArn, { intervalInSeconds: options.poll, signal });
    if (options.json) printJson(summaryOf(job, jobArn));
    else print(`The import is active: its users are in the dataset.\n${sentenceOfFile(job.dataSource?.dataLocation)}`);
  } finally {
    personalize.destroy();
  }
}

/** An import, and what it takes. */
interface Importing {
  readonly request: ImportRequest & { readonly kind: 'import' };
  readonly options: ImportOptions;
  readonly signal: AbortSignal;
  readonly input: Input;
  readonly dataset: FoundDataset;
  readonly personalize: PersonalizeClient;
  readonly iam: IAMClient;
  readonly s3: S3Client;
  /** What it uploads is removed after Ctrl-C: no call of its is cut off. */
  readonly uploads: S3Client;
}

/** Imports a file, and prints what became of it. */
export async function runImport(
  request: Importing['request'],
  options: ImportOptions,
  signal: AbortSignal,
): Promise<void> {
  const input = await openInput(request.file, signal);
  try {
    const dataset = await findDataset(options, NO_LOCAL_IMPORT);
    const settings = () => ({ ...clientSettings(dataset.place), followRegionRedirects: true });
    const clients = {
      personalize: reached(new PersonalizeClient(settings())),
      iam: reached(new IAMClient(settings())),
      s3: reached(new S3Client(settings())),
      uploads: withCallsRemembered(new S3Client(settings())),
    };
    try {
      await importUsers({ request, options, signal, input, dataset, ...clients });
    } finally {
      for (const client of Object.values(clients)) client.destroy();
    }
  } finally {
    await input.close();
  }
}

/** A file in S3. */
interface Place {
  readonly bucket: string;
  readonly key: string;
  /** As Personalize and people name it. */
  readonly uri: string;
}

async function importUsers(what: Importing): Promise<void> {
  const { personalize, dataset, options, request, signal } = what;
  const { datasetArn } = dataset;
  const schema = await findSchema(personalize, datasetArn, options.schema);
  const format = await recognizeInput(what, schema);
  const plan = planImport(options.mode, await listImports(personalize, datasetArn));
  const jobName = newJobName();
  const key = `${options.prefix}${jobName}.csv`;
  const place = { bucket: request.bucket, key, uri: `s3://${request.bucket}/${key}` };
  if (options.check) await refuseWithoutAccess(what, place);
  note(describePlan(plan));
  if (plan.kind === 'replace' && !options.dryRun) {
    await askFor(`Replace all that earlier imports brought into ${datasetArn}?`, options);
  }
  signal.throwIfAborted();

  const written = await upload(what, { schema, format, plan, place });
  if (options.dryRun) return printDryRun(what, written);
  if (signal.aborted) throw explainUpload(signal.reason, what, place);
  const jobArn = await begin(what, { jobName, plan, place });
  note(`The import has begun: ${jobArn}. It takes its time, however few users there are.`);
  const job = await followJob(personalize, jobArn, { intervalInSeconds: options.poll, signal });
  printImported(what, { job, jobArn, written, place });
}

function recognizeInput({ input, options, dataset }: Importing, { schema }: ImportSchema): Promise<Format> {
  const { maxPropertiesLength } = dataset.settings ?? DEFAULT_SETTINGS;
  // One user who does not fit may fail the whole import, also where PutUsers would take that one.
  const readMessage = createMessageReader({ maxPropertiesLength, dataset: { schema, check: 'all' } });
  return recognize(input, { ...options, schema, readMessage });
}

/** Source: CreateDatasetImportJob API reference, `jobName`: 63 characters at most. */
function newJobName(): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return `users-${time}-${randomBytes(4).toString('hex')}`;
}

async function refuseWithoutAccess(what: Importing, { bucket, key }: Place): Promise<void> {
  const { datasetArn } = what.dataset;
  const [, partition = 'aws'] = datasetArn.split(':');
  const question: AccessQuestion = {
    ...placeOfDataset(datasetArn),
    partition,
    bucket,
    key,
    roleArn: what.request.roleArn,
  };
  const findings = await checkAccess(what, question);
  for (const finding of findings.filter(({ kind }) => kind === 'doubt')) note(`Note: ${renderFinding(finding)}`);
  const problems = findings.filter(({ kind }) => kind === 'problem');
  if (problems.length === 0) return;
  throw new CommandError(
    `Personalize cannot read from ${bucket} as ${what.request.roleArn}.\n${problems.map(renderFinding).join('\n')}`,
    { hint: 'Nothing was uploaded. If it is not so, --no-check goes on without a look.' },
  );
}

function renderFinding({ text, document }: Finding): string {
  return document === undefined ? text : `${text}\n${JSON.stringify(document, null, 2)}`;
}

/** What was read, and where it is. */
interface Written {
  readonly mark: Mark;
  readonly rejectsFile: string | null;
  readonly seconds: number;
}

interface Uploading {
  readonly schema: ImportSchema;
  readonly format: Format;
  readonly plan: ImportPlan;
  readonly place: Place;
}

async function upload(what: Importing, { schema, format, plan, place }: Uploading): Promise<Written> {
  const { input, options, signal } = what;
  const isDry = options.dryRun === true;
  const path = rejectsFileOf(input, options);
  const rejects = isDry && options.rejects === undefined ? undefined : await openRejects(path, 0);
  const from: Mark = { position: format.start, counts: { users: 0, messages: 0, rejected: 0 }, rejectsBytes: 0 };
  const view = createView(input, from, isDry ? 'valid' : 'uploaded');
  const sink = isDry ? NOWHERE : beginUpload(what.uploads, { ...place, signal });
  let mark = from;
  try {
    mark = await writeUsers({
      input,
      format,
      from,
      writer: createCsvWriter(schema.schema, schema.columns),
      sink,
      rejects: rejects ?? { add: () => {}, bytes: () => 0, write: async () => {} },
      signal,
      onReject: view.reject,
      onSettled: async (now) => {
        mark = now;
        view.show(now);
      },
    });
    signal.throwIfAborted();
    if (!isDry) refuseToBegin(what, plan, mark, path);
    await sink.end();
  } catch (error) {
    await sink.abort(error);
    throw explainUpload(error, what, place);
  } finally {
    view.end();
    await rejects?.close();
  }
  const rejectsFile = rejects && mark.counts.rejected > 0 ? rejects.path : null;
  return { mark, rejectsFile, seconds: view.pace(mark).seconds };
}

/** @throws CommandError when the import would lose users, or bring none */
function refuseToBegin({ input }: Importing, plan: ImportPlan, { counts }: Mark, rejectsFile: string): void {
  const rejected = formatCount(counts.rejected, 'record');
  if (counts.users === 0) {
    throw new CommandError(`${input.name} has no user to import; ${rejected} rejected.`, {
      hint: counts.rejected > 0 ? `See ${rejectsFile}.` : undefined,
    });
  }
  if (plan.kind !== 'replace' || counts.rejected === 0) return;
  throw new CommandError(`${rejected} of ${input.name} rejected, and a full import would remove these users.`, {
    hint: `Mend them (${rejectsFile}), or leave --mode full out.`,
  });
}

function explainUpload(error: unknown, { input, signal, options }: Importing, { uri }: Place): unknown {
  const nothing = `Nothing was imported.${options.dryRun ? '' : ` Should a file be left, it is ${uri}.`}`;
  if (signal.aborted)
    return new InterruptedError((signal.reason as InterruptedError).exitCode, 'Interrupted.', nothing);
  if (isBroken(error)) return explainBroken(error, input, `Mend that line. ${nothing}`);
  const known = toCommandError(error);
  if (!known) return error;
  const { message, hint, exitCode } = known;
  return new CommandError(message, { exitCode, hint: hint ? `${hint} ${nothing}` : nothing, cause: error });
}

interface Beginning {
  readonly jobName: string;
  readonly plan: ImportPlan;
  readonly place: Place;
}

/** Begins the import of what was uploaded, and returns its ARN. */
async function begin(what: Importing, { jobName, plan, place }: Beginning): Promise<string> {
  const { datasetArn } = what.dataset;
  const { roleArn } = what.request;
  // Source: Personalize developer guide, the examples of DescribeDatasetImportJob.
  const expectedArn = `${datasetArn.slice(0, datasetArn.indexOf(':dataset/'))}:dataset-import-job/${jobName}`;
  try {
    const { datasetImportJobArn } = await what.personalize.send(
      new CreateDatasetImportJobCommand({
        jobName,
        datasetArn,
        dataSource: { dataLocation: place.uri },
        roleArn,
        importMode: plan.mode,
      }),
    );
    return datasetImportJobArn ?? expectedArn;
  } catch (error) {
    // Nobody else has the name: an attempt that had no answer has made it.
    if (error instanceof ResourceAlreadyExistsException) return expectedArn;
    throw explainBegin(error, expectedArn, {
      uri: place.uri,
      again:
        `aws personalize create-dataset-import-job --job-name ${jobName} --dataset-arn ${datasetArn} ` +
        `--data-source dataLocation=${place.uri} --role-arn ${roleArn} --import-mode ${plan.mode}`,
    });
  }
}

function explainBegin(
  error: unknown,
  jobArn: string,
  { uri, again }: { readonly uri: string; readonly again: string },
) {
  if (error instanceof InterruptedError) {
    return new InterruptedError(
      error.exitCode,
      'Interrupted, while Personalize gave no answer.',
      `The file is ${uri}. If the import has begun, it goes on by itself: personalize-users import --job ${jobArn}`,
    );
  }
  const known = toCommandError(error);
  if (!known) return error;
  const goOn = `The file is uploaded, and stays: ${uri}. Without uploading it again: ${again}`;
  return new CommandError(known.message, { hint: known.hint ? `${known.hint}\n${goOn}` : goOn, cause: error });
}

function printDryRun({ input, options, dataset }: Importing, { mark, rejectsFile, seconds }: Written): void {
  const { users, rejected } = mark.counts;
  if (options.json) {
    const { datasetArn } = dataset;
    printJson({ input: input.name, datasetArn, dryRun: true, complete: true, users, rejected, rejectsFile, seconds });
  } else {
    print(`${formatCount(users, 'user')} of ${input.name} can be imported. Nothing was uploaded.`);
    if (rejected > 0)
      print(`${formatCount(rejected, 'record')} would be rejected${rejectsFile ? `: see ${rejectsFile}` : ''}.`);
  }
  if (rejected > 0) process.exitCode = EXIT_CODES.incomplete;
}

interface Imported {
  readonly job: DatasetImportJob;
  readonly jobArn: string;
  readonly written: Written;
  readonly place: Place;
}

function printImported({ input, options }: Importing, { job, jobArn, written, place }: Imported): void {
  const { users, rejected } = written.mark.counts;
  const { rejectsFile } = written;
  if (options.json) {
    printJson({
      input: input.name,
      dryRun: false,
      complete: true,
      ...summaryOf(job, jobArn),
      users,
      rejected,
      rejectsFile,
    });
  } else {
    print(`Imported ${formatCount(users, 'user')} of ${input.name}: they are in the dataset.`);
    if (rejected > 0) {
      const were = rejected === 1 ? 'was' : 'were';
      print(`${formatCount(rejected, 'record')} ${were} rejected: see ${rejectsFile}, with line and reason.`);
    }
    print(sentenceOfFile(place.uri));
  }
  if (rejected > 0) process.exitCode = EXIT_CODES.incomplete;
}

function summaryOf({ datasetArn, status, importMode, dataSource }: DatasetImportJob, jobArn: string) {
  return { jobArn, datasetArn, status, importMode, file: dataSource?.dataLocation };
}

/** Source: CreateDatasetImportJob API reference: Personalize makes a copy of the data. */
function sentenceOfFile(uri = 'The file in S3'): string {
  return `${uri} is yours: it holds users' data, Personalize has its own copy, and you may delete it.`;
}

/** The embedded world: what a synthesized template describes, running on this machine. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { DUMMY_CREDENTIALS } from '../aws/connections/local-client.ts';
import { createSqsClient } from '../aws/sqs/local-sqs-client.ts';
import type { Endpoints } from '../contract/deployment/world-file.ts';
import { fileProblem } from '../contract/input/file-problem.ts';
import { type LocalDynamoDb, startLocalDynamoDb } from './dynamodb/local-dynamodb.ts';
import { startEventSourceMapping } from './event-source-mapping/event-source-mapping.ts';
import { type BatchReport, EMPTY_TALLY, type Tally, tally } from './event-source-mapping/observer.ts';
import { sqsQueue } from './event-source-mapping/sqs-queue.ts';
import { createFunctionService, type EnvironmentView } from './lambda/function-service.ts';
import type { LogListener } from './lambda/runtime-process.ts';
import type { FaultSettings } from './put-users/faults.ts';
import type { Latency } from './put-users/latency.ts';
import type { Quota } from './put-users/quota.ts';
import { type PutUsersService, startPutUsersService } from './put-users/service.ts';
import type { Statistics } from './put-users/statistics.ts';
import type { OnStored, StoredUser } from './put-users/store.ts';
import type { UncertainKind } from './put-users/uncertain-misfits.ts';
import { readUsersSchema, type UsersSchema } from './put-users/users-schema.ts';
import type { Random } from './random.ts';
import { LOCAL_ACCOUNT_ID, type LocalSqs, startLocalSqs } from './sqs/local-sqs.ts';
import { synthesize } from './synthesize.ts';
import { loadStack } from './template/load-stack.ts';
import type { Stack } from './template/stack.ts';
import { UnusableFileError } from './unusable-file.ts';

const REGION = 'eu-west-1';
const STACK_NAME = 'PersonalizeUsers';

/** The dataset that the local PutUsers has. */
export const LOCAL_DATASET_ARN = `arn:aws:personalize:${REGION}:${LOCAL_ACCOUNT_ID}:dataset/local/USERS`;

export interface WorldOptions {
  /** Where {@link synthesizeWorld} has put the stack. */
  readonly assemblyDirectory: string;
  /** The file of the dataset's Avro schema. @default PutUsers takes any properties */
  readonly schema?: string | undefined;
  /** The kinds of misfit to that schema that PutUsers takes nevertheless. @default `ACCEPTED_BY_DEFAULT` */
  readonly accept?: readonly UncertainKind[] | undefined;
  /** Faults of PutUsers. @default none */
  readonly faults?: Partial<FaultSettings>;
  /** The quota that PutUsers holds callers to. @default Amazon's, 10 calls a second */
  readonly quota?: Quota;
  /** How long a reply of PutUsers takes. @default no longer than it must */
  readonly latencyInMilliseconds?: Latency;
  /** Draws what is approximate in SQS: its fair queues' thresholds. @default they are as documented */
  readonly random?: Random | undefined;
  /** Is told what each PutUsers call has stored. @default nobody */
  readonly onStored?: OnStored;
  /** Is told of each batch that is settled. @default nobody */
  readonly onBatch?: (report: BatchReport) => void;
  /** Is told when messages could not be received, or one of them not be read. @default nobody */
  readonly onReceiveError?: ((error: Error) => void) | undefined;
  /** Takes the function's log lines. @default they are dropped */
  readonly onLog?: LogListener | undefined;
}

/** How far the world is. */
export interface WorldState {
  /** Messages in the users queue, those that are being worked on included. */
  readonly left: number;
  readonly deadLetters: number;
  /** Users that the dataset holds. */
  readonly users: number;
  /** PutUsers calls so far. */
  readonly calls: number;
}

export interface World {
  /** The stack's outputs by their names. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly endpoints: Endpoints;
  readonly sqs: LocalSqs;
  /** Speaks to the local queues; the world destroys it. */
  readonly sqsClient: SQSClient;
  readonly putUsers: PutUsersService;
  /** What the dataset holds, by userId: a live view. */
  readonly users: ReadonlyMap<string, StoredUser>;
  /** What became of the PutUsers calls up to now. */
  statistics(): Statistics;
  /** What became of the batches up to now. */
  tally(): Tally;
  /** The function's processes. */
  environments(): readonly EnvironmentView[];
  state(): WorldState;
  /**
   * Tells how far the world is, again and again, until the users queue is empty or the world is stopped.
   *
   * @throws FunctionBrokenError when the function cannot even start
   */
  untilEmpty(signal?: AbortSignal): AsyncGenerator<WorldState>;
  /** Kills the function's processes and stops the servers. What is in the queues and the dataset is gone. */
  stop(): Promise<void>;
}

/** The function does not start, so no message will ever be settled. The message says why. */
export class FunctionBrokenError extends Error {
  override readonly name = 'FunctionBrokenError';
}

const STATE_INTERVAL_IN_MILLISECONDS = 100;

/**
 * Synthesizes the stack for the local dataset.
 *
 * @param context - other settings, as `cdk -c` takes them
 * @param signal - ends it, done or not
 * @throws SynthesisError when the CDK app refuses them
 */
export function synthesizeWorld(
  context: Readonly<Record<string, string>>,
  assemblyDirectory: string,
  signal?: AbortSignal,
): Promise<void> {
  return synthesize({ ...context, datasetArn: LOCAL_DATASET_ARN, stackName: STACK_NAME }, assemblyDirectory, signal);
}

/** Where {@link synthesizeWorld} has put the template. */
export function templateFileIn(assemblyDirectory: string): string {
  return join(assemblyDirectory, `${STACK_NAME}.template.json`);
}

/**
 * Starts what a synthesized template describes.
 *
 * @throws UnusableFileError or TemplateError when what it is made from is wrong
 */
export async function startWorld(options: WorldOptions): Promise<World> {
  const schema = await readSchema(options.schema);
  const { assemblyDirectory: directory, accept } = options;
  const sqs = await startLocalSqs({ region: REGION, random: options.random });
  const putUsers = await startPutUsersService({ ...options, datasets: [{ arn: LOCAL_DATASET_ARN, schema, accept }] });
  let dynamoDb: LocalDynamoDb | undefined;
  try {
    const templateFile = templateFileIn(directory);
    const stack = await loadStack({ directory, stackName: STACK_NAME }, sqs);
    dynamoDb = stack.tables.length > 0 ? await startLocalDynamoDb({ region: REGION }) : undefined;
    return await assemble({ ...options, stack, templateFile, sqs, putUsers, dynamoDb });
  } catch (error) {
    await Promise.all([sqs.stop(), putUsers.stop(), dynamoDb?.stop()]);
    throw error;
  }
}

interface Parts extends Pick<WorldOptions, 'onBatch' | 'onLog' | 'onReceiveError'> {
  readonly stack: Stack;
  readonly templateFile: string;
  readonly sqs: LocalSqs;
  readonly putUsers: PutUsersService;
  readonly dynamoDb: LocalDynamoDb | undefined;
}

async function assemble(parts: Parts): Promise<World> {
  const { stack, templateFile, sqs, putUsers, dynamoDb, onBatch, onLog, onReceiveError } = parts;
  for (const table of stack.tables) await dynamoDb!.createTable(table);
  for (const queue of queuesInOrder(stack)) await sqs.createQueue(queue);
  const [settings] = stack.eventSourceMappings;
  if (!settings) throw new Error(`${templateFile} has no event source mapping: nothing would run`);
  const { queue, function: definition } = settings;
  const deadLetterQueue = stack.queues.find(({ arn }) => arn === queue.redrive?.deadLetterQueueArn)!;

  const service = createFunctionService(definition, {
    maxConcurrency: settings.maximumConcurrency,
    onLog,
    extraVariables: {
      AWS_ACCESS_KEY_ID: DUMMY_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: DUMMY_CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
      AWS_ENDPOINT_URL_PERSONALIZE_EVENTS: putUsers.endpoint,
      ...(dynamoDb && { AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint }),
    },
  });
  const sqsClient = createSqsClient(sqs);
  let batches = EMPTY_TALLY;
  let broken: FunctionBrokenError | undefined;
  let isStopped = false;
  const mapping = startEventSourceMapping({
    queue: sqsQueue(sqsClient, { ...queue, answerLongPolls: () => sqs.answerLongPolls(queue.name) }),
    settings,
    invoke: async (event) => {
      const result = await service.invoke(event);
      if (result.kind === 'functionError' && result.cause === 'init') {
        broken = new FunctionBrokenError(`The function does not start: ${result.errorType}: ${result.errorMessage}`);
      }
      return result;
    },
    observer: {
      onBatch: (report: BatchReport) => {
        batches = tally(batches, report);
        onBatch?.(report);
      },
      onReceiveError,
    },
  });

  const users = putUsers.users(LOCAL_DATASET_ARN);
  const state = (): WorldState => {
    const { visible, inFlight, delayed } = sqs.depth(queue.name);
    const dead = sqs.depth(deadLetterQueue.name);
    return {
      left: visible + inFlight + delayed,
      deadLetters: dead.visible + dead.inFlight,
      users: users.size,
      calls: putUsers.statistics().calls,
    };
  };

  return {
    outputs: stack.outputs,
    endpoints: {
      region: REGION,
      sqs: sqs.endpoint,
      putUsers: putUsers.endpoint,
      queueUrl: queue.url,
      deadLetterQueueUrl: deadLetterQueue.url,
      datasetArn: LOCAL_DATASET_ARN,
      ...(dynamoDb && { dynamoDb: dynamoDb.endpoint }),
    },
    sqs,
    sqsClient,
    putUsers,
    users,
    statistics: putUsers.statistics,
    tally: () => batches,
    environments: () => service.environments,
    state,
    async *untilEmpty(signal) {
      for (;;) {
        const now = state();
        yield now;
        if (now.left === 0 || isStopped || signal?.aborted) return;
        if (broken) throw broken;
        await sleep(STATE_INTERVAL_IN_MILLISECONDS);
      }
    },
    stop: async () => {
      isStopped = true;
      const received = mapping.stop();
      await service.stop();
      await received;
      sqsClient.destroy();
      await Promise.all([sqs.stop(), putUsers.stop(), dynamoDb?.stop()]);
    },
  };
}

/** A queue can be created once the dead-letter queue that it names is there. */
function queuesInOrder({ queues }: Stack) {
  return queues.toSorted((a, b) => Number(a.redrive !== undefined) - Number(b.redrive !== undefined));
}

/** @throws UnusableFileError when the file is not there, or no schema */
export async function readSchema(file: string | undefined): Promise<UsersSchema | undefined> {
  if (file === undefined) return undefined;
  try {
    return readUsersSchema(await readFile(file));
  } catch (error) {
    const problem = fileProblem(error);
    if (problem) throw new UnusableFileError(`${file} cannot be read: ${problem.why}. ${problem.remedy}`);
    throw new UnusableFileError(`${file} is no Avro schema of a Users dataset: ${(error as Error).message}`);
  }
}

/** The embedded world of `npm start -- --serve`, found by the file that it writes. */
import { fileURLToPath } from 'node:url';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { errorName } from '../aws/error-name.ts';
import { createSqsClient } from '../aws/sqs/local-sqs-client.ts';
import { readSettings } from '../contract/deployment/settings-output.ts';
import { readWorldFile, type WorldFile, type WorldReading } from '../contract/deployment/world-file.ts';
import { WORLD_FILE } from '../contract/deployment/world-place.ts';
import { fileProblem } from '../contract/input/file-problem.ts';
import { reached } from './aws/reached.ts';
import { CommandError } from './failure.ts';
import type { LocalTarget } from './target.ts';
import { START_WORLD, START_WORLD_AGAIN, WORLD_RUNNER } from './world-hints.ts';

/** How long the embedded world may take for its first answer, in milliseconds. */
const FIRST_ANSWER_IN_MILLISECONDS = 5_000;

/**
 * Finds the embedded world.
 *
 * @param file - where it says where it is
 * @throws CommandError when it does not run, or something else answers in its place
 */
export async function connectToLocalWorld(file = fileURLToPath(WORLD_FILE)): Promise<LocalTarget> {
  const world = worldOf(await readWorldFile(file), file);
  const settings = readSettings(JSON.stringify(world.settings)) ?? isOfOtherVersion(file);
  const { endpoints } = world;
  const sqs = createSqsClient({ endpoint: endpoints.sqs, region: endpoints.region });
  await mustAnswer(sqs, world, file);
  return {
    kind: 'local',
    name: 'the embedded world',
    region: endpoints.region,
    sqs: reached(sqs),
    queueUrl: endpoints.queueUrl,
    queueArn: world.queueArn,
    deadLetterQueueUrl: endpoints.deadLetterQueueUrl,
    deadLetterQueueArn: world.deadLetterQueueArn,
    fifo: endpoints.queueUrl.endsWith('.fifo'),
    settings,
    putUsersEndpoint: endpoints.putUsers,
    dynamoDbEndpoint: endpoints.dynamoDb,
    close: () => sqs.destroy(),
  };
}

function worldOf(reading: WorldReading, file: string): WorldFile {
  switch (reading.kind) {
    case 'world':
      return reading.world;
    case 'missing':
      throw new CommandError(`The embedded world does not run: there is no ${file}.`, { hint: START_WORLD });
    case 'ended':
      throw new CommandError(`The embedded world does not run: process ${reading.pid} has ended.`, {
        hint: START_WORLD,
      });
    case 'unreadable': {
      const { why = reading.error.message, remedy = START_WORLD } = fileProblem(reading.error) ?? {};
      throw new CommandError(`${file} cannot be read: ${why}.`, { hint: remedy });
    }
    case 'broken':
      throw new CommandError(`${file} does not say where an embedded world is: it is no JSON object, or was cut off.`, {
        hint: `It is the file that ${WORLD_RUNNER} writes: start the embedded world again.`,
      });
    case 'otherVersion':
      return isOfOtherVersion(file);
  }
}

function isOfOtherVersion(file: string): never {
  throw new CommandError(`${file} was written by another version.`, { hint: START_WORLD_AGAIN });
}

/** A world that was killed leaves its file behind, and its process id and ports may be somebody else's by now. */
async function mustAnswer(sqs: SQSClient, { endpoints }: WorldFile, file: string): Promise<void> {
  const ask = new GetQueueAttributesCommand({ QueueUrl: endpoints.queueUrl, AttributeNames: ['QueueArn'] });
  const abortSignal = AbortSignal.timeout(FIRST_ANSWER_IN_MILLISECONDS);
  try {
    const { Attributes } = await sqs.send(ask, { abortSignal });
    if (Attributes?.QueueArn?.startsWith('arn:')) return;
  } catch (error) {
    // Such is the answer of an SQS; whatever is done next says which queue is gone.
    if (/QueueDoesNotExist|NonExistentQueue/.test(errorName(error))) return;
    // Whatever else it was that answered, or did not: it is no embedded world that can be used.
  }
  sqs.destroy();
  throw new CommandError(
    `The embedded world of ${file} does not answer at ${endpoints.sqs}: the file may be left from one that has ended.`,
    {
      hint: START_WORLD,
    },
  );
}

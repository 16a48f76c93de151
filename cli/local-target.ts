/** The embedded world of `npm start -- --serve`, found by the file that it writes. */
import { fileURLToPath } from 'node:url';
import { readSettings } from '../contract/deployment/settings-output.ts';
import { createSqsClient } from '../local/sqs/sqs-client.ts';
import { isRunning, readWorldFile, WORLD_FILE } from '../local/world-file.ts';
import { reached } from './aws/reached.ts';
import { CommandError } from './failure.ts';
import type { LocalTarget } from './target.ts';

const HINT = 'Start it in another terminal: npm start -- --serve';

/**
 * Finds the embedded world.
 *
 * @param file - where it says where it is
 * @throws CommandError when it does not run
 */
export async function connectToLocalWorld(file = fileURLToPath(WORLD_FILE)): Promise<LocalTarget> {
  const world = await readWorldFile(file);
  if (!world) throw new CommandError(`The embedded world does not run: there is no ${file}.`, { hint: HINT });
  const settings = readSettings(JSON.stringify(world.settings));
  if (!settings) {
    throw new CommandError(`${file} was written by another version.`, { hint: 'Start the embedded world again.' });
  }
  if (!isRunning(world.pid)) {
    throw new CommandError(`The embedded world does not run: process ${world.pid} has ended.`, { hint: HINT });
  }
  const { endpoints } = world;
  const sqs = createSqsClient({ endpoint: endpoints.sqs, region: endpoints.region });
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
    close: () => sqs.destroy(),
  };
}

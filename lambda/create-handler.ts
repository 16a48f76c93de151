/** Puts the function together: AWS clients become ports, the core is called, its answer becomes a partial batch response. */
import { Logger } from '@aws-lambda-powertools/logger';
import { PersonalizeEventsClient } from '@aws-sdk/client-personalize-events';
import { SQSClient } from '@aws-sdk/client-sqs';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createMessageReader } from '../contract/message/read-message.ts';
import { sendDeadLettersWith } from './aws/dead-letter-queue.ts';
import { readRecords, toBatchResponse } from './aws/event.ts';
import { createInvocationClock } from './aws/invocation-clock.ts';
import { putUsersWith } from './aws/put-users.ts';
import { createMetrics, report, reportDefects } from './aws/telemetry.ts';
import { mustBeSqsEvent } from './aws/unexpected-event.ts';
import type { VersionsTable } from './aws/user-versions.ts';
import { changeVisibilityWith } from './aws/visibility.ts';
import { type Config, ConfigurationError, readConfig } from './config.ts';
import { createDefects } from './core/defects.ts';
import { createIngest } from './core/ingest.ts';
import { createPacer } from './core/pacer.ts';
import type { UserVersions } from './core/ports.ts';
import { readDataset } from './dataset.ts';

/**
 * Handles a batch of the users queue. What could not be handled is reported as failed. It throws an UnexpectedEventError for an
 * event that is no such batch, and for no other reason.
 */
export type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** Settings of every client. */
interface ClientSettings {
  readonly credentials: ReturnType<typeof fromEnv>;
  readonly requestHandler: { readonly connectionTimeout: number };
}

/** Makes the port to the table of versions. Only the function with the order guard has its client in the bundle. */
export type OpenVersions = (table: VersionsTable, clientSettings: ClientSettings) => UserVersions;

/**
 * Makes the handler of one execution environment.
 *
 * @param env - its environment variables
 * @param openVersions - @default the function has no order guard
 * @throws ConfigurationError
 */
export function createHandler(env: Readonly<Record<string, string | undefined>>, openVersions?: OpenVersions): Handler {
  const config = readConfig(env);
  const logger = new Logger();
  const metrics = createMetrics(env.AWS_LAMBDA_FUNCTION_NAME);
  const clock = createInvocationClock(config.TIMEOUT_SECONDS * 1000);
  const clientSettings: ClientSettings = {
    // Where Lambda puts the role's credentials. lib/bundling.ts leaves out every other way to find some.
    credentials: fromEnv(),
    requestHandler: { connectionTimeout: 2_000 },
  };
  const personalize = new PersonalizeEventsClient({ ...clientSettings, maxAttempts: 1 });
  const sqs = new SQSClient(clientSettings);

  const ingest = createIngest(
    {
      putUsers: putUsersWith(personalize, config.DATASET_ARN),
      sendDeadLetters: sendDeadLettersWith(sqs, config.DEAD_LETTER_QUEUE_URL),
      changeVisibility: changeVisibilityWith(sqs, config.QUEUE_URL),
      versions: versionsOf(config, clientSettings, openVersions),
      clock,
      wallClock: Date.now,
      random: Math.random,
    },
    createPacer({ callsPerSecond: config.REQUESTS_PER_SECOND / config.MAX_CONCURRENCY }, clock),
    createMessageReader({ maxPropertiesLength: config.MAX_PROPERTIES_LENGTH, dataset: readDataset(config) }),
    {
      maxReceiveCount: config.MAX_RECEIVE_COUNT,
      backoff: { baseInSeconds: config.BACKOFF_BASE_SECONDS, maxInSeconds: config.BACKOFF_MAX_SECONDS },
    },
  );

  return async (event, context) => {
    mustBeSqsEvent(event);
    const defects = createDefects();
    try {
      // What else Powertools would add is the same in every line of the log group, which is paid for by the byte.
      logger.appendKeys({ function_request_id: context.awsRequestId });
      metrics.addMetadata('function_request_id', context.awsRequestId);
      const { messages, unreadMessageIds } = readRecords(event.Records, defects);
      const { failedMessageIds, summarize } = await ingest(messages, {
        requestId: context.awsRequestId,
        endsAt: clock.begin(context.getRemainingTimeInMillis()),
      });
      tell(() => {
        const summary = summarize();
        report({ ...summary, defects: [...defects.list(), ...summary.defects] }, logger, metrics);
      }, logger);
      return toBatchResponse([...unreadMessageIds, ...failedMessageIds]);
    } catch (thrown) {
      const ids = event.Records.map(({ messageId }) => messageId);
      defects.note(thrown, ids);
      tell(() => reportDefects(defects.list(), logger, metrics), logger);
      return toBatchResponse(ids);
    }
  };
}

/** Telemetry that fails does not undo what is settled. */
function tell(report: () => void, logger: Logger): void {
  try {
    report();
  } catch (thrown) {
    tellOfDefect(thrown, logger);
  }
}

function tellOfDefect(thrown: unknown, logger: Logger): void {
  const defects = createDefects();
  defects.note(thrown, []);
  try {
    for (const defect of defects.list()) logger.error('The batch is settled, and could not be told of', { ...defect });
  } catch {
    // Nothing is left to tell it with.
  }
}

function versionsOf(
  { ORDER_TABLE_NAME: tableName, ORDER_SALT: salt }: Config,
  clientSettings: ClientSettings,
  openVersions: OpenVersions | undefined,
): UserVersions | undefined {
  if (tableName === undefined || salt === undefined) return undefined;
  if (openVersions) return openVersions({ tableName, salt }, clientSettings);
  throw new ConfigurationError(
    "The function's environment is not usable: ORDER_TABLE_NAME is set, and this bundle has no order guard.",
  );
}

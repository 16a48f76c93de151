/** How many users were delivered of late, as the metrics of a deployment have it. */
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { getJson } from '../../aws/connections/get-json.ts';
import { type IngestionMetricName, ingestionDimensions, METRICS_NAMESPACE } from '../../contract/deployment/metrics.ts';
import { reached } from '../aws/reached.ts';
import { CommandError } from '../failure.ts';
import { clientSettings } from '../stack-target.ts';
import type { AwsTarget, LocalTarget, Target } from '../target.ts';

/** Only grows. Throws what its client throws. */
export type CountDelivered = () => Promise<number>;

export interface DeliveredCounter {
  readonly count: CountDelivered;
  close(): void;
}

/** Makes a counter. */
export function createDeliveredCounter(target: Target, signal: AbortSignal): DeliveredCounter {
  return target.kind === 'local' ? ofWorld(target, signal) : ofStack(target);
}

function ofWorld({ putUsersEndpoint }: LocalTarget, signal: AbortSignal): DeliveredCounter {
  return {
    count: async () => {
      try {
        const url = new URL('/_local/statistics', putUsersEndpoint);
        return ((await getJson(url, signal)) as { usersStored: number }).usersStored;
      } catch (error) {
        signal.throwIfAborted();
        throw new CommandError(`PutUsers does not answer at ${putUsersEndpoint}.`, { cause: error });
      }
    },
    close: () => {},
  };
}

const DELIVERED: IngestionMetricName = 'UsersDelivered';
const PERIOD_IN_SECONDS = 60;

/** Of the minute in which it was made, and of all since. */
function ofStack({ place, outputs }: AwsTarget): DeliveredCounter {
  const client = reached(new CloudWatchClient(clientSettings(place)));
  const StartTime = new Date(Math.floor(Date.now() / 60_000) * 60_000);
  const Dimensions = Object.entries(ingestionDimensions(outputs.FunctionName ?? '')).map(([Name, Value]) => ({
    Name,
    Value,
  }));
  return {
    count: async () => {
      const { MetricDataResults = [] } = await client.send(
        new GetMetricDataCommand({
          StartTime,
          // The minute that is under way is to be in it.
          EndTime: new Date(Date.now() + 60_000),
          MetricDataQueries: [
            {
              Id: 'delivered',
              MetricStat: {
                Stat: 'Sum',
                Period: PERIOD_IN_SECONDS,
                Metric: { Namespace: METRICS_NAMESPACE, MetricName: DELIVERED, Dimensions },
              },
            },
          ],
        }),
      );
      return (MetricDataResults[0]?.Values ?? []).reduce((total, value) => total + value, 0);
    },
    close: () => client.destroy(),
  };
}

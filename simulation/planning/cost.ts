/** What a run costs, by the price list in prices.json. Free tiers are left out. */
import prices from './prices.json' with { type: 'json' };
import type { SimulationResult } from './simulate.ts';

/** A line of the bill, in US dollars. */
export interface CostLine {
  readonly item: string;
  /** What is counted, in words. */
  readonly quantity: string;
  readonly dollars: number;
}

export interface Cost {
  /** When the prices held, and where. */
  readonly priceList: string;
  readonly lines: readonly CostLine[];
  readonly dollars: number;
}

/**
 * What is logged of a batch that is delivered. test/simulation/planning/log-of-a-batch.test.ts measures it. One of which something is retried
 * or dead-lettered has a line of some 400 bytes more, and for dead letters one of 400 for each reason and one of 280 for each message, which the
 * bill leaves out.
 */
export const LOG_OF_A_BATCH = {
  /** The line of metrics that the function writes. */
  functionBytes: 680,
  /** START, END and REPORT, which Lambda writes. Source: Lambda developer guide, Node.js logging. */
  lambdaBytes: 270,
  /** The function's, and Lambda's three. */
  lines: 4,
  /** What CloudWatch Logs adds to each. Source: CloudWatch Logs API reference, PutLogEvents. */
  bytesAddedToALine: 26,
};
const { functionBytes, lambdaBytes, lines: logLines, bytesAddedToALine } = LOG_OF_A_BATCH;
const LOG_BYTES_PER_INVOCATION = functionBytes + lambdaBytes + logLines * bytesAddedToALine;
/** What PutUsers is sent for a user of the simulation, in bytes. */
const BYTES_PER_USER = 120;
const MILLION = 1e6;
const GIGABYTE = 1e9;

/**
 * Sums up a run.
 *
 * @param memoryInMiB - the function's
 */
export function costOf(result: SimulationResult, memoryInMiB: number): Cost {
  const { sqs, lambda, messages, calls, tableWrites } = result;
  const received = sqs.receives + sqs.deletes + sqs.visibilityChanges + sqs.deadLetterSends;
  const gigabyteSeconds = (lambda.billedMilliseconds / 1000) * (memoryInMiB / 1024);
  const logGigabytes = (lambda.invocations * LOG_BYTES_PER_INVOCATION) / GIGABYTE;
  const sentGigabytes = (calls.users * BYTES_PER_USER) / GIGABYTE;
  const lines: CostLine[] = [
    line(
      'SQS: sending, ten messages a request',
      Math.ceil(messages / 10),
      'requests',
      prices.sqsRequestsPerMillion / MILLION,
    ),
    line('SQS: receiving, deleting, hiding', received, 'requests', prices.sqsRequestsPerMillion / MILLION),
    line('Lambda: requests', lambda.invocations, 'requests', prices.lambdaRequestsPerMillion / MILLION),
    line('Lambda: duration', gigabyteSeconds, 'GB-s', prices.lambdaArmGigabyteSecond),
    line('CloudWatch Logs', logGigabytes, 'GB', prices.logsIngestedPerGigabyte),
    line('Personalize: data ingested', sentGigabytes, 'GB', prices.personalizeIngestedPerGigabyte),
  ];
  if (tableWrites > 0) {
    lines.push(line('DynamoDB: writes', tableWrites, 'requests', prices.dynamoDbWritesPerMillion / MILLION));
  }
  return {
    priceList: `${prices.region}, ${prices.asOf}, without free tiers`,
    lines,
    dollars: lines.reduce((sum, { dollars }) => sum + dollars, 0),
  };
}

function line(item: string, quantity: number, unit: string, price: number): CostLine {
  const digits = quantity < 10 ? 3 : 0;
  return {
    item,
    quantity: `${quantity.toLocaleString('en', { maximumFractionDigits: digits })} ${unit}`,
    dollars: quantity * price,
  };
}

/** Queries of the function's logs, saved in CloudWatch Logs Insights: one for each question that the runbook asks. */
import { CfnQueryDefinition, type ILogGroup, QueryString } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** A question and the query that answers it. */
export interface SavedQuery {
  /** What it is called; the runbook names it. */
  readonly name: string;
  readonly query: QueryString;
}

/**
 * The first three read the metrics, which the function writes whatever its `logLevel` is; the others read log lines of
 * level WARN and below, and what Lambda itself writes.
 */
export const SAVED_QUERIES: readonly SavedQuery[] = [
  {
    name: 'Dead letters by reason',
    query: new QueryString({
      filterStatements: ['ispresent(DeadLetters)'],
      statsStatements: ['sum(DeadLetters) as deadLetters by ErrorCode, bin(1h) as hour'],
      sort: 'hour desc',
    }),
  },
  {
    name: 'Throughput',
    query: new QueryString({
      filterStatements: ['ispresent(PutUsersCalls)'],
      statsStatements: [
        'sum(UsersDelivered) as delivered, sum(UsersRejected) as rejected, sum(UsersRetried) as retried, ' +
          'sum(PutUsersCalls) as calls, sum(ThrottledCalls) as throttled by bin(1m) as minute',
      ],
      sort: 'minute desc',
    }),
  },
  {
    name: 'Oldest messages',
    query: new QueryString({
      filterStatements: ['ispresent(OldestMessageAge)'],
      statsStatements: ['max(OldestMessageAge / 60000) as minutesOld by bin(5m) as time'],
      sort: 'time desc',
    }),
  },
  {
    name: 'Dead-lettered messages',
    query: new QueryString({
      fields: ['@timestamp', 'messageId', 'function_request_id', '@message'],
      filterStatements: ['message = "Message rejected"'],
      sort: '@timestamp desc',
      limit: 200,
    }),
  },
  {
    name: 'Retries',
    query: new QueryString({
      fields: ['@timestamp', 'messages', 'retriedMessages', 'calls.calls', 'calls.throttledCalls', '@message'],
      filterStatements: ['message = "Batch settled" and retriedMessages > 0'],
      sort: '@timestamp desc',
      limit: 200,
    }),
  },
  {
    name: 'What went wrong',
    query: new QueryString({
      fields: ['@timestamp', 'level', 'message', 'function_request_id', '@message'],
      filterStatements: ['level = "ERROR" or (level = "WARN" and message != "Message rejected")'],
      sort: '@timestamp desc',
      limit: 200,
    }),
  },
  {
    name: 'Crashes',
    query: new QueryString({
      fields: ['@timestamp', '@message'],
      filterStatements: [
        '@message like /Task timed out|Status: (timeout|error)|Runtime exited|Runtime\\.|Invoke Error|Uncaught|signal: killed/',
      ],
      sort: '@timestamp desc',
      limit: 200,
    }),
  },
  {
    name: 'Duration and memory',
    query: new QueryString({
      // Lambda's own fields, such as @duration, are not promised for log groups of other names than Lambda's.
      parseStatements: [
        '@message /^REPORT .*\\sDuration: (?<duration>[\\d.]+) ms\\s+Billed/',
        '@message /Max Memory Used: (?<memory>\\d+) MB/',
      ],
      filterStatements: ['ispresent(duration)'],
      statsStatements: [
        'count(*) as invocations, avg(duration / 1000) as seconds, max(duration / 1000) as slowest, ' +
          'max(memory) as mebibytes by bin(5m) as time',
      ],
      sort: 'time desc',
    }),
  },
  {
    name: 'One invocation',
    query: new QueryString({
      fields: ['@timestamp', 'level', 'message', '@message'],
      filterStatements: ['@message like "RequestID of the dead letter"'],
      sort: '@timestamp asc',
    }),
  },
];

/** Saves the queries in a folder of their own, for the function's log group. */
export function saveQueries(scope: Construct, folder: string, logGroup: ILogGroup): void {
  for (const { name, query } of SAVED_QUERIES) {
    new CfnQueryDefinition(scope, `Query ${name}`, {
      name: `${folder}/${name}`,
      queryString: query.toString(),
      logGroupNames: [logGroup.logGroupName],
    });
  }
}

/** What the saved queries ask for is what the function writes, by the same names. */
import { Logger } from '@aws-lambda-powertools/logger';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { createMetrics, report } from '../../../lambda/aws/telemetry.ts';
import { SAVED_QUERIES } from '../../../lib/monitoring/saved-queries.ts';
import { SUMMARY } from '../../support/summaries.ts';

/** CloudWatch's own, and what Lambda's own lines are parsed into. Source: CloudWatch Logs user guide, supported logs. */
const FIELDS_OF_OTHERS = ['@timestamp', '@message', 'duration', 'memory'];

/** The fields of all lines of a batch in which everything happened, nested ones with dots. */
const written = new Set<string>(FIELDS_OF_OTHERS);
const messages: unknown[] = [];
const linesOfMetrics: Record<string, unknown>[] = [];

beforeAll(() => {
  process.env.POWERTOOLS_METRICS_NAMESPACE = 'PersonalizeUsers';
  process.env.POWERTOOLS_SERVICE_NAME = 'personalize-users';
  const read = (text: unknown) => {
    const line = JSON.parse(String(text)) as Record<string, unknown>;
    for (const field of fieldsOf(line)) written.add(field);
    if (line._aws) linesOfMetrics.push(line);
    else messages.push(line.message);
    return true;
  };
  for (const stream of [process.stdout, process.stderr]) jest.spyOn(stream, 'write').mockImplementation(read);
  const logger = new Logger({ logLevel: 'DEBUG' });
  logger.addContext({ functionName: 'f', awsRequestId: 'r' } as Context);
  report(
    {
      ...SUMMARY,
      deadLetterReasons: { InvalidInputException: 3 },
      deadLetterErrors: { ServiceUnavailable: 1 },
    },
    logger,
    createMetrics('f'),
  );
});

afterAll(() => {
  jest.restoreAllMocks();
});

function fieldsOf(value: object, path = ''): string[] {
  return Object.entries(value).flatMap(([name, inner]) => [
    `${path}${name}`,
    ...(typeof inner === 'object' && inner !== null ? fieldsOf(inner, `${path}${name}.`) : []),
  ]);
}

describe.each(SAVED_QUERIES.map(({ name, query }) => [name, query.toString()]))('the query %s', (_, text) => {
  const partOf = (command: string) => new RegExp(`^(?:\\| )?${command} (.+)$`, 'm').exec(text)?.[1] ?? '';

  test('shows fields that are written', () => {
    for (const field of partOf('fields') === '' ? [] : partOf('fields').split(', ')) expect(written).toContain(field);
  });

  test('reckons with fields that are written', () => {
    const [aggregates = '', groups = ''] = partOf('stats').split(' by ');
    const used = [...aggregates.matchAll(/\b(?:sum|avg|max)\((\w+)/g)].map(([, field]) => field);
    const groupedBy = groups.split(', ').filter((group) => group !== '' && !group.startsWith('bin('));
    for (const field of [...used, ...groupedBy]) expect(written).toContain(field);
  });

  test('looks for what is written', () => {
    const filter = partOf('filter');
    for (const [, field] of filter.matchAll(/ispresent\((\w+)\)/g)) expect(written).toContain(field);
    for (const [, field] of filter.matchAll(/(@?\w+) (?:=|!=|>|like) /g)) expect(written).toContain(field);
    for (const [, message] of filter.matchAll(/message !?= "([^"]+)"/g)) expect(messages).toContain(message);
  });
});

test('throughput shows all that becomes of users, beside the calls', () => {
  const text = SAVED_QUERIES.find(({ name }) => name === 'Throughput')!.query.toString();
  const summed = [...text.matchAll(/sum\((\w+)\) as (\w+)/g)].map(([, metric, name]) => [name, metric]);
  expect(Object.fromEntries(summed)).toEqual({
    delivered: 'UsersDelivered',
    rejected: 'UsersRejected',
    retried: 'UsersRetried',
    calls: 'PutUsersCalls',
    throttled: 'ThrottledCalls',
  });
});

test('what is counted over time is counted in its unit', () => {
  const textOf = (name: string) => SAVED_QUERIES.find((query) => query.name === name)!.query.toString();
  // The metric is in milliseconds, as is what Lambda reports of an invocation.
  expect(textOf('Oldest messages')).toContain('max(OldestMessageAge / 60000) as minutesOld by bin(5m)');
  expect(textOf('Duration and memory')).toContain('avg(duration / 1000) as seconds, max(duration / 1000) as slowest');
  expect(textOf('Duration and memory')).toContain('max(memory) as mebibytes by bin(5m)');
});

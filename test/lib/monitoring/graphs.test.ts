/** How the dashboard draws: what a graph's shape, scale and limits say of its figures. */
import { describe, expect, test } from '@jest/globals';
import type { PersonalizeUsersStackProps } from '../../../lib/personalize-users-stack.ts';
import { resource, stackTemplate } from '../support.ts';
import { dashboardOf, type Widget } from './dashboard-of.ts';

const graphsOf = (props: Partial<PersonalizeUsersStackProps>) =>
  dashboardOf(stackTemplate(props)).widgets.filter(({ type }) => type === 'metric');

const graphs = graphsOf({ schemaFile: 'samples/users-schema.avsc', schemaCheck: 'separate', orderGuard: true });

const graphOf = (title: string, among: readonly Widget[] = graphs) =>
  among.find(({ properties }) => properties.title === title)!.properties;

/** The lines of a graph as they are drawn: the label of each, and the expression or the metric with its statistic. */
function linesOf(title: string): Record<string, unknown> {
  const lines = (graphOf(title).metrics ?? []).map((line) => {
    const { label, expression, visible, stat } = line.at(-1) as Readonly<Record<string, unknown>>;
    return { label, visible, what: expression ?? `${stat ?? 'Average'} of ${line[1]}` };
  });
  return Object.fromEntries(lines.filter(({ visible }) => visible !== false).map(({ label, what }) => [label, what]));
}

describe('a graph', () => {
  test('has areas on top of each other where the lines are parts of a whole, and only there', () => {
    expect(graphs.filter(({ properties }) => properties.stacked).map(({ properties }) => properties.title)).toEqual([
      'Users by what became of them',
      'Taken by PutUsers, by misfit',
      'Refused by PutUsers, by misfit',
      'New dead letters by ErrorCode',
    ]);
  });

  test('begins at 0 where there is a limit to compare with, so that half of it looks like half', () => {
    const withLimit = graphs.filter(({ properties }) => properties.annotations?.horizontal?.length);
    // How long invocations take is a small part of the time-out, and is to be seen all the same.
    const others = withLimit.filter(({ properties }) => properties.title !== 'Duration (ms)');
    expect(others.length).toBeGreaterThan(8);
    for (const { properties } of others) {
      expect(properties).toMatchObject({ title: expect.any(String), yAxis: { left: { min: 0 } } });
    }
  });

  test('of users per call has room for a full one', () => {
    expect(graphOf('Users per call').yAxis).toEqual({ left: { min: 0, max: 11 } });
  });
});

describe('arrivals and deliveries', () => {
  const title = 'Arrivals and deliveries, by the minute';

  test('are by the minute, whatever the period that is looked at', () => {
    expect(linesOf(title)).toEqual({
      'messages sent': '60 * sent / PERIOD(sent)',
      'users delivered': '60 * delivered / PERIOD(delivered)',
    });
  });

  test.each([
    [1, 600],
    [10, 6_000],
  ])('are beside what %d calls a second take in a minute: %d users', (requestsPerSecond, users) => {
    const { annotations } = graphOf(title, graphsOf({ requestsPerSecond }));
    expect(annotations?.horizontal).toMatchObject([{ value: users, label: 'users that the quota takes' }]);
  });
});

test.each<[string, Record<string, string>]>([
  [
    'Users by what became of them',
    {
      delivered: 'Sum of UsersDelivered',
      superseded: 'FILL(mUsersSuperseded, 0)',
      retried: 'FILL(mUsersRetried, 0)',
      rejected: 'Sum of UsersRejected',
    },
  ],
  ['Users per call', { 'users per call': 'Average of UsersPerCall' }],
  ['PutUsers calls', { calls: 'Sum of PutUsersCalls', throttled: 'FILL(mThrottledCalls, 0)' }],
  [
    'Messages',
    {
      waiting: 'Maximum of ApproximateNumberOfMessagesVisible',
      'in work or backing off': 'Maximum of ApproximateNumberOfMessagesNotVisible',
    },
  ],
  [
    // The function's is in milliseconds, and those of SQS are in seconds.
    'Age of the oldest message (s)',
    {
      'received less than thrice': 'Maximum of ApproximateAgeOfOldestMessage',
      'in batches': 'own / 1000',
      'without noisy sources': 'Maximum of ApproximateAgeOfOldestMessageInQuietGroups',
    },
  ],
  [
    'Noisy sources, and messages of the others',
    {
      'noisy sources': 'Maximum of ApproximateNumberOfNoisyGroups',
      'waiting in quiet ones': 'Maximum of ApproximateNumberOfMessagesVisibleInQuietGroups',
    },
  ],
  ['Dead letters in the queue', { 'dead letters': 'Maximum of ApproximateNumberOfMessagesVisible' }],
  [
    'Invocations',
    { invocations: 'Sum of Invocations', errors: 'Sum of Errors', 'throttled by Lambda': 'Sum of Throttles' },
  ],
  ['Duration (ms)', { average: 'Average of Duration', longest: 'Maximum of Duration' }],
  ['Concurrency', { environments: 'Maximum of ConcurrentExecutions' }],
  [
    'Writes to the table of versions',
    { writes: 'Sum of ConsumedWriteCapacityUnits', throttled: 'Sum of ThrottledRequests' },
  ],
  ['How long a write takes (ms)', { '99th percentile': 'p99 of SuccessfulRequestLatency' }],
])('%s are what their labels say', (title, lines) => {
  expect(linesOf(title)).toEqual(lines);
});

test('the table of versions is looked at for the writes alone, since there is nothing else', () => {
  const template = stackTemplate({ orderGuard: true });
  const { id } = resource(template, 'AWS::DynamoDB::Table');
  const { metrics } = graphOf('How long a write takes (ms)', dashboardOf(template).widgets);
  expect(metrics![0]!.slice(0, -1)).toEqual([
    'AWS/DynamoDB',
    'SuccessfulRequestLatency',
    'Operation',
    'UpdateItem',
    'TableName',
    id,
  ]);
});

test.each([
  // Those that wait for as long as a batch may take wait longer where it may take longer.
  ['NothingDelivered', {}, 'alarm: above for 15 min'],
  ['DeadLetters', {}, 'alarm: above for 1 min, until 5 min are without'],
  ['MoreDeadLetters', {}, 'alarm: above for 5 min'],
  ['FunctionErrors', {}, 'alarm: above for 5 min'],
  ['Throttling', {}, 'alarm: above for 15 min'],
  ['Throttling', { timeoutInSeconds: 151, visibilityTimeoutInSeconds: 1_000 }, 'alarm: above for 30 min'],
])('the line in the graph of %s, with %j, says for how long: %s', (title, props, label) => {
  const { annotations } = graphOf(title, Object.keys(props).length > 0 ? graphsOf(props) : graphs);
  expect(annotations?.horizontal).toMatchObject([{ label, value: expect.any(Number) }]);
});

test('the quota is explained by the setting that it is', () => {
  const texts = dashboardOf(stackTemplate({ requestsPerSecond: 4 })).widgets.map(
    ({ properties }) => properties.markdown,
  );
  expect(texts).toContainEqual(expect.stringContaining('`requestsPerSecond`, 4 calls a second'));
});

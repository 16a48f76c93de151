/** What the function writes about a batch: log lines, and metrics in CloudWatch's embedded metric format. */

import { Logger } from '@aws-lambda-powertools/logger';
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createMetrics, report, reportDefects } from '../../../lambda/aws/telemetry.ts';
import type { Summary } from '../../../lambda/core/summary.ts';
import { SUMMARY as summary } from '../../support/summaries.ts';

/** A line of the embedded metric format. */
interface MetricLine {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [name: string]: unknown;
}

const written: string[] = [];

beforeAll(() => {
  process.env.POWERTOOLS_METRICS_NAMESPACE = 'PersonalizeUsers';
  process.env.POWERTOOLS_SERVICE_NAME = 'personalize-users';
});

beforeEach(() => {
  written.length = 0;
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

function reported(parts: Partial<Summary>, functionName: string | undefined = 'users-function'): readonly MetricLine[] {
  report({ ...summary, ...parts }, new Logger({ logLevel: 'SILENT' }), createMetrics(functionName));
  return written.map((line) => JSON.parse(line));
}

describe('the metrics of a batch', () => {
  test('are one line, with the function as what tells it from other deployments', () => {
    const lines = reported({});
    expect(lines).toHaveLength(1);
    expect(lines[0]!._aws.CloudWatchMetrics).toEqual([
      {
        Namespace: 'PersonalizeUsers',
        Dimensions: [['service', 'function_name']],
        Metrics: [
          { Name: 'UsersDelivered', Unit: 'Count' },
          { Name: 'UsersSuperseded', Unit: 'Count' },
          { Name: 'UsersRejected', Unit: 'Count' },
          { Name: 'UsersRetried', Unit: 'Count' },
          { Name: 'PutUsersCalls', Unit: 'Count' },
          { Name: 'ThrottledCalls', Unit: 'Count' },
          { Name: 'UsersPerCall', Unit: 'Count' },
          { Name: 'InternalErrors', Unit: 'Count' },
          { Name: 'OldestMessageAge', Unit: 'Milliseconds' },
        ],
      },
    ]);
    expect(lines[0]).toMatchObject({
      service: 'personalize-users',
      function_name: 'users-function',
      UsersDelivered: 25,
      UsersSuperseded: 1,
      UsersRejected: 3,
      UsersRetried: 2,
      PutUsersCalls: 4,
      ThrottledCalls: 1,
      UsersPerCall: 7.5,
      OldestMessageAge: 1_234,
    });
  });

  test('leave out what did not happen, which every batch pays for, but for what alarms look at', () => {
    const nothing = { delivered: 0, superseded: 0, rejected: 0, retried: 0 };
    const [line] = reported({ users: nothing, calls: { calls: 0, throttledCalls: 0, usersCalled: 0 }, defects: [] });
    const { _aws, service, function_name, ...values } = line!;
    expect(values).toEqual({
      UsersDelivered: 0,
      UsersRejected: 0,
      PutUsersCalls: 0,
      InternalErrors: 0,
      OldestMessageAge: 1_234,
    });
    expect(_aws.CloudWatchMetrics[0]!.Metrics.map(({ Name }) => Name)).toEqual(Object.keys(values));
  });

  test('of two functions do not mix', () => {
    expect(reported({}, 'one')[0]!.function_name).toBe('one');
    expect(reported({}, 'other').at(-1)!.function_name).toBe('other');
  });

  test('are published without a function, too', () => {
    const warnings = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    report(summary, new Logger({ logLevel: 'SILENT' }), createMetrics(undefined));
    const line: MetricLine = JSON.parse(written[0]!);
    expect(line._aws.CloudWatchMetrics[0]!.Dimensions).toEqual([['service']]);
    expect(warnings).not.toHaveBeenCalled();
  });

  test('say nothing of users per call if there was no call', () => {
    const [line] = reported({ calls: { calls: 0, throttledCalls: 0, usersCalled: 0 } });
    expect(line).not.toHaveProperty('UsersPerCall');
  });

  test('know no age below zero, which clocks that differ would make', () => {
    expect(reported({ oldestAgeInMilliseconds: -5 })[0]!.OldestMessageAge).toBe(0);
  });
});

describe('defects of the function', () => {
  const defects = [
    { error: 'TypeError', frames: ['at here'], messageIds: ['m1', 'm2'] },
    { error: 'RangeError', frames: [], messageIds: [] },
    { error: 'Error', frames: [], messageIds: ['m3'] },
  ];
  const lineOf = ({ error, frames, messageIds }: (typeof defects)[number]) => [
    'Defect of the function; its messages are retried',
    { error, frames, messageIds },
  ];

  test('are counted by the messages that they happened to, and as one if it was none', () => {
    expect(reported({ defects })[0]).toMatchObject({ InternalErrors: 4 });
  });

  test('have a line each in the log, with where they were thrown, and are counted where there is no summary', () => {
    const logger = new Logger({ logLevel: 'SILENT' });
    const error = jest.spyOn(logger, 'error').mockImplementation(() => {});
    reportDefects(defects, logger, createMetrics('users-function'));
    expect(error.mock.calls).toEqual(defects.map(lineOf));
    const lines: MetricLine[] = written.map((line) => JSON.parse(line));
    expect(lines).toHaveLength(1);
    expect(lines[0]!._aws.CloudWatchMetrics).toMatchObject([
      { Dimensions: [['service', 'function_name']], Metrics: [{ Name: 'InternalErrors', Unit: 'Count' }] },
    ]);
    expect(lines[0]).toMatchObject({ function_name: 'users-function', InternalErrors: 4 });
  });

  test('of a batch have a line each in its log, and are not told of again with its counts', () => {
    const logger = new Logger({ logLevel: 'SILENT' });
    const error = jest.spyOn(logger, 'error').mockImplementation(() => {});
    const info = jest.spyOn(logger, 'info').mockImplementation(() => {});
    report({ ...summary, defects }, logger, createMetrics('users-function'));
    expect(error.mock.calls).toEqual(defects.map(lineOf));
    expect(info.mock.calls[0]![1]).not.toHaveProperty('defects');
  });
});

describe('dead letters', () => {
  const deadLetters = (reasons: Record<string, number>) =>
    reported({ deadLetterReasons: reasons })
      .slice(1)
      .map(({ ErrorCode, DeadLetters }) => [ErrorCode, DeadLetters]);

  test('are counted by reason, each on a line of its own', () => {
    expect(deadLetters({ MessageContractViolation: 2, InvalidInputException: 1 })).toEqual([
      ['MessageContractViolation', 2],
      ['InvalidInputException', 1],
    ]);
  });

  test('have the dimension ErrorCode besides those of every metric', () => {
    const [, line] = reported({ deadLetterReasons: { ThrottlingException: 1 } });
    expect(line!._aws.CloudWatchMetrics).toEqual([
      {
        Namespace: 'PersonalizeUsers',
        Dimensions: [['service', 'function_name', 'ErrorCode']],
        Metrics: [{ Name: 'DeadLetters', Unit: 'Count' }],
      },
    ]);
    expect(line).toMatchObject({ service: 'personalize-users', function_name: 'users-function' });
  });

  test('are counted together where the reason is not on the list, since it may be anything', () => {
    expect(deadLetters({ 'jane@example.com': 2, constructor: 1, SomethingNew: 3 })).toEqual([['Other', 6]]);
  });

  test('do not leave their dimension to the next batch', () => {
    const metrics = createMetrics('users-function');
    const logger = new Logger({ logLevel: 'SILENT' });
    for (const _ of [1, 2]) report({ ...summary, deadLetterReasons: { ValidationException: 1 } }, logger, metrics);
    const lines: MetricLine[] = written.map((line) => JSON.parse(line));
    expect(lines.map((line) => line.ErrorCode)).toEqual([
      undefined,
      'ValidationException',
      undefined,
      'ValidationException',
    ]);
  });
});

describe('the metrics of suspects', () => {
  test('tell by kind of misfit how many PutUsers took and refused', () => {
    const suspects = { missing: { delivered: 7, rejected: 0 }, textForBoolean: { delivered: 1, rejected: 2 } };
    const [, ...lines] = reported({ calls: { ...summary.calls, suspects } });
    expect(lines.map(({ Misfit, SuspectsTaken, SuspectsRefused }) => [Misfit, SuspectsTaken, SuspectsRefused])).toEqual(
      [
        ['missing', 7, 0],
        ['textForBoolean', 1, 2],
      ],
    );
    expect(lines[0]!._aws.CloudWatchMetrics[0]).toMatchObject({
      Dimensions: [['service', 'function_name', 'Misfit']],
      Metrics: [{ Name: 'SuspectsTaken' }, { Name: 'SuspectsRefused' }],
    });
  });
});

describe('the log', () => {
  const logged = (parts: Partial<Summary>) => {
    const logger = new Logger({ logLevel: 'DEBUG' });
    const lines = (['debug', 'info', 'warn', 'error'] as const).map((level) =>
      jest.spyOn(logger, level).mockImplementation(() => {}),
    );
    report({ ...summary, ...parts }, logger, createMetrics('users-function'));
    return lines.flatMap(({ mock }) => mock.calls);
  };

  test('has a line for the batch, with why users were dead-lettered and nothing of what did not happen, and one for each rejected message', () => {
    const { rejectedMessages: _, defects: __, deadLetterErrors: ___, visibilityErrors: ____, ...counts } = summary;
    expect(logged({ deadLetterReasons: { SomethingNew: 3 } })).toEqual([
      ['Batch settled', { ...counts, deadLetterReasons: { SomethingNew: 3 }, usersPerCall: 7.5 }],
      ['Message rejected', { messageId: 'm1', errors: { InvalidInputException: 3 } }],
    ]);
  });

  test('has the line of a batch at the level INFO only if a message of it was retried or dead-lettered: its metrics say the rest', () => {
    const levelOf = (parts: Partial<Summary>) => {
      written.length = 0;
      process.env.POWERTOOLS_DEV = 'false';
      // Warnings go there.
      jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
      report({ ...summary, ...parts }, new Logger({ logLevel: 'DEBUG' }), createMetrics('users-function'));
      const lines: Record<string, unknown>[] = written.map((line) => JSON.parse(line));
      return lines.find(({ message }) => message === 'Batch settled')?.level;
    };
    const delivered = { delivered: 25, superseded: 5, rejected: 0, retried: 0 };
    const routine: Partial<Summary> = { users: delivered, retriedMessages: 0, retryErrors: {}, rejectedMessages: [] };
    expect(levelOf(routine)).toBe('DEBUG');
    expect(levelOf({ ...routine, retriedMessages: 1 })).toBe('INFO');
    expect(levelOf({ ...routine, rejectedMessages: [{ messageId: 'm1', errors: {} }] })).toBe('INFO');
  });

  test('has no users per call where there was no call', () => {
    const [[, counts]] = logged({ calls: { calls: 0, throttledCalls: 0, usersCalled: 0 } }) as [[string, object]];
    expect(counts).toMatchObject({ usersPerCall: 0 });
  });

  test('tells when dead letters could not be sent, and when back-off could not be set', () => {
    const lines = logged({
      rejectedMessages: [],
      deadLetterErrors: { TimeoutError: 2 },
      visibilityErrors: { ECONNRESET: 1 },
    });
    expect(lines.slice(1)).toEqual([
      ['Back-off could not be set; the visibility timeout holds', { errors: { ECONNRESET: 1 } }],
      ['Dead letters could not be sent; their messages are retried', { errors: { TimeoutError: 2 } }],
    ]);
  });
});

import { expect, test } from '@jest/globals';
import { costOf } from '../../../simulation/planning/cost.ts';
import prices from '../../../simulation/planning/prices.json' with { type: 'json' };
import type { SimulationResult } from '../../../simulation/planning/simulate.ts';

function resultOf(part: { [Name in keyof SimulationResult]?: Partial<SimulationResult[Name]> }): SimulationResult {
  return {
    messages: 0,
    tableWrites: 0,
    sqs: { receives: 0, deletes: 0, visibilityChanges: 0, deadLetterSends: 0 },
    lambda: { invocations: 0, billedMilliseconds: 0 },
    calls: { users: 0 },
    ...part,
  } as SimulationResult;
}

const lineOf = (item: string, result: SimulationResult, memoryInMiB = 1024) =>
  costOf(result, memoryInMiB).lines.find((line) => line.item.startsWith(item));

test('a gigabyte of Lambda has 1,024 MiB', () => {
  const result = resultOf({ lambda: { invocations: 1, billedMilliseconds: 2_000_000 } });
  expect(lineOf('Lambda: duration', result, 512)).toEqual({
    item: 'Lambda: duration',
    quantity: '1,000 GB-s',
    dollars: 1_000 * prices.lambdaArmGigabyteSecond,
  });
});

test('the last messages of a load take a request of their own, though they do not fill it', () => {
  expect(lineOf('SQS: sending', resultOf({ messages: 1_001 as never }))!.quantity).toBe('101 requests');
});

test('every request to SQS is billed, whatever it does', () => {
  const sqs = { receives: 1_000, deletes: 200, visibilityChanges: 30, deadLetterSends: 4 };
  expect(lineOf('SQS: receiving', resultOf({ sqs }))).toMatchObject({
    quantity: '1,234 requests',
    dollars: (1_234 * prices.sqsRequestsPerMillion) / 1e6,
  });
});

test('only the order guard writes to a table', () => {
  expect(lineOf('DynamoDB', resultOf({}))).toBeUndefined();
  expect(lineOf('DynamoDB', resultOf({ tableWrites: 2_000_000 as never }))!.dollars).toBe(
    2 * prices.dynamoDbWritesPerMillion,
  );
});

test('a part of a gigabyte is told in thousandths, and the sum is that of the lines', () => {
  const bill = costOf(resultOf({ calls: { users: 10_000_000 } }), 512);
  expect(bill.lines.find(({ item }) => item.startsWith('Personalize'))).toMatchObject({ quantity: '1.2 GB' });
  expect(bill.dollars).toBeCloseTo(1.2 * prices.personalizeIngestedPerGigabyte, 10);
  expect(bill.priceList).toBe(`us-east-1, ${prices.asOf}, without free tiers`);
});

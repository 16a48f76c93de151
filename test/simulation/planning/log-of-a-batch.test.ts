/** What a batch writes to the log, beside what the bill of the simulation takes it for. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { World } from '../../../local/world.ts';
import { LOG_OF_A_BATCH } from '../../../simulation/planning/cost.ts';
import { users } from '../../support/messages.ts';
import { type Assembly, send, synthesizeOnce, untilEmpty } from '../../support/world.ts';

jest.setTimeout(120_000);

/** As CloudFormation names the function of the stack. */
const FUNCTION_NAME = 'PersonalizeUsers-UsersFunction6F1A4D1C-0a1B2c3D4e5F';
const ID = '5f1c9a52-6a6d-4bd6-9d3c-0d9b1f0a2c3e';

/** As the Lambda developer guide shows them, Node.js logging; without X-Ray, of an environment that was there. */
const LINES_OF_LAMBDA = [
  `START RequestId: ${ID} Version: $LATEST\n`,
  `END RequestId: ${ID}\n`,
  `REPORT RequestId: ${ID}\tDuration: 4128.83 ms\tBilled Duration: 4129 ms\tMemory Size: 512 MB\tMax Memory Used: 143 MB\t\n`,
];

interface MetricsOfABatch {
  readonly function_name: string;
  readonly function_request_id: string;
  readonly UsersDelivered: number;
}

describe('the log of a batch that is delivered', () => {
  let assembly: Assembly;
  let world: World;
  const lines: string[] = [];
  beforeAll(async () => {
    assembly = await synthesizeOnce();
    world = await assembly.start({ onLog: (line) => lines.push(line) });
    await send(world, users(200));
    await untilEmpty(world);
  });
  afterAll(async () => {
    await world.stop();
    assembly.remove();
  });

  test('is one line of the function, of the length that is paid for by the bill, give or take a tenth', () => {
    const entries = lines.map((line) => JSON.parse(line) as MetricsOfABatch);
    expect(entries.reduce((sum, { UsersDelivered }) => sum + UsersDelivered, 0)).toBe(200);
    expect(new Set(entries.map(({ function_request_id }) => function_request_id)).size).toBe(lines.length);
    const lengths = lines.map((line, index) =>
      Buffer.byteLength(line.replace(entries[index]!.function_name, FUNCTION_NAME)),
    );
    const average = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    expect(Math.abs(average / LOG_OF_A_BATCH.functionBytes - 1)).toBeLessThan(0.1);
  });

  test('is three lines of Lambda besides', () => {
    const bytes = Buffer.byteLength(LINES_OF_LAMBDA.join(''));
    expect(Math.abs(bytes / LOG_OF_A_BATCH.lambdaBytes - 1)).toBeLessThan(0.1);
    expect(LOG_OF_A_BATCH.lines).toBe(1 + LINES_OF_LAMBDA.length);
  });
});

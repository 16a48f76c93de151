/** The deployed bundle with the order guard: SQS, PutUsers and DynamoDB over HTTP. */
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { World } from '../../local/world.ts';
import { type Assembly, receiveDeadLetters, send, synthesizeOnce, untilEmpty } from '../support/world.ts';

jest.setTimeout(180_000);

describe('the pipeline with the order guard', () => {
  let assembly: Assembly;
  let world: World;
  beforeAll(async () => {
    assembly = await synthesizeOnce({ orderGuard: 'true' });
  });
  afterAll(() => assembly.remove());
  afterEach(() => world?.stop());

  test('an older record that comes later undoes nothing, and a newer one is taken', async () => {
    world = await assembly.start();
    const user = (version: number | string) => ({ userId: 'a', properties: { version }, version });
    await send(world, [user(7)]);
    await untilEmpty(world);
    await send(world, [user(6), { userId: 'b', version: 1 }]);
    await untilEmpty(world);
    expect(world.users.get('a')).toEqual({ userId: 'a', properties: { version: 7 } });
    expect(world.users.has('b')).toBe(true);
    await send(world, [user(8)]);
    await untilEmpty(world);
    expect(world.users.get('a')).toEqual({ userId: 'a', properties: { version: 8 } });
    expect(world.state().deadLetters).toBe(0);
  });

  test('a dead letter keeps how old its record was', async () => {
    world = await assembly.start();
    const before = Date.now();
    await send(world, [
      { userId: 'a', propertees: {} },
      { userId: '', version: 5 },
    ]);
    await untilEmpty(world);
    const letters = await receiveDeadLetters(world);
    expect(letters).toHaveLength(2);
    for (const { MessageAttributes } of letters) {
      const { DataType, StringValue } = MessageAttributes!.RecordVersion!;
      expect(DataType).toBe('Number');
      expect(Number(StringValue)).toBeGreaterThanOrEqual(before - 1000);
      expect(Number(StringValue)).toBeLessThanOrEqual(Date.now() + 1000);
    }
  });
});

/** The deployed bundle with the order guard: SQS, PutUsers and DynamoDB over HTTP. */
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { World } from '../../local/world.ts';
import { type Assembly, receiveDeadLetters, send, synthesizeOnce, until, untilEmpty } from '../support/world.ts';

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

  test('a process that is killed before it has said what it delivered leaves a lease, which keeps older records off', async () => {
    const lines: string[] = [];
    const user = (version: number) => ({ userId: 'a', properties: { version }, version });
    world = await assembly.start({
      faults: { slow: 1, slowByInMilliseconds: 60_000 },
      onLog: (line) => lines.push(line),
    });
    await send(world, [user(7)]);
    await until(() => world.state().calls > 0);
    const busy = world.environments().find(({ isBusy }) => isBusy);
    process.kill(busy!.pid, 'SIGKILL');
    world.putUsers.setFaults({});
    await send(world, [user(6), { userId: 'b' }]);
    await until(() => lines.some((line) => line.includes('"retryErrors":{"UserBeingUpdated":1}')));
    await until(() => world.users.has('b'));
    expect(world.users.get('a')).toEqual({ userId: 'a', properties: { version: 7 } });
    // Both come back, the one that was killed and the older one, once the lease has run out.
    await until(() => world.state().left === 2);
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

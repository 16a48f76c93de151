/** A deployment that knows the dataset's schema, as it is bundled, between a queue and a PutUsers that holds users to it. */
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { World } from '../../local/world.ts';
import { type Assembly, receiveDeadLetters, send, synthesizeOnce, untilEmpty } from '../support/world.ts';

jest.setTimeout(240_000);

const SCHEMA = 'samples/users-schema.avsc';

/** What the schema requires, and nothing else. */
const REQUIRED = { membershipType: 'Premium', country: 'NL', numberOfVideosWatched: 7, subscribed: true };
const user = (userId: string, properties: object = {}) => ({ userId, properties: { ...REQUIRED, ...properties } });

describe("a deployment that knows the dataset's schema", () => {
  let assembly: Assembly;
  let world: World;
  beforeAll(async () => {
    assembly = await synthesizeOnce({ schemaFile: SCHEMA, batchSize: '100' });
  });
  afterAll(() => assembly.remove());
  afterEach(() => world.stop());

  test('spends no call on a certain misfit, whose letter names the property, what it got and what the schema takes', async () => {
    world = await assembly.start({ schema: SCHEMA });
    await send(world, [user('secret', { age: 'x' })]);
    await untilEmpty(world);
    expect(world.state()).toMatchObject({ calls: 0, users: 0, deadLetters: 1 });
    expect(await receiveDeadLetters(world)).toMatchObject([
      {
        Body: JSON.stringify(user('secret', { age: 'x' })),
        MessageAttributes: {
          ErrorCode: { StringValue: 'SchemaMismatch' },
          ErrorMessage: {
            StringValue:
              'properties.age: "x" is no number; the schema\'s AGE takes null or a whole number of 32 bits (int)',
          },
        },
      },
    ]);
  });

  test('calls users that fit ten at a time beside those that do not', async () => {
    world = await assembly.start({ schema: SCHEMA });
    const fit = Array.from({ length: 20 }, (_, index) => user(`fits-${index}`));
    await send(world, [{ users: [...fit, ...[1, 2, 3].map((index) => user(`not-${index}`, { country_code: 'NL' }))] }]);
    await untilEmpty(world);
    expect(world.state()).toMatchObject({ calls: 2, users: 20, deadLetters: 3 });
    expect([...world.users.keys()].every((userId) => userId.startsWith('fits-'))).toBe(true);
  });

  test('has PutUsers decide on an uncertain misfit, in a call of its own', async () => {
    world = await assembly.start({ schema: SCHEMA });
    await send(world, [{ users: [user('fits'), user('may-fit', { gender: 7 })] }]);
    await untilEmpty(world);
    expect(world.statistics().calls).toBe(2);
    expect(world.users.has('fits')).toBe(true);
  });

  test('says nothing of users in its logs', async () => {
    const lines: string[] = [];
    world = await assembly.start({ schema: SCHEMA, onLog: (line) => lines.push(line) });
    await send(world, [user('secret-id', { age: 'secret-age' }), user('secret-too', { gender: 7 })]);
    await untilEmpty(world);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toContain('secret');
  });
});

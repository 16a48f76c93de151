/** A deployment that knows the dataset's schema, as it is bundled, between a queue and a PutUsers that holds users to it. */
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { UNCERTAIN_KINDS } from '../../local/put-users/uncertain-misfits.ts';
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

  /** A user for each kind of uncertain misfit that the sample schema can have. */
  const UNCERTAIN = [
    user('otherSpelling', { Gender: 'female' }),
    user('userIdAsProperty', { userId: 'u' }),
    user('otherNumberText', { age: '031' }),
    user('numberForText', { gender: 7 }),
    user('booleanForText', { gender: true }),
    user('textForBoolean', { subscribed: 'true' }),
    user('otherBooleanText', { subscribed: 'yes' }),
    user('numberForBoolean', { subscribed: 1 }),
    user('booleanForNumber', { age: true }),
    user('longCategory', { favouriteGenres: 'x'.repeat(1001) }),
    user('missing', { country: undefined }),
    user('nullNotAllowed', { country: null }),
  ];
  const FIT = Array.from({ length: 10 }, (_, index) => user(`fits-${index}`, { age: index }));

  test('delivers what is uncertain to a PutUsers that takes it', async () => {
    world = await assembly.start({ schema: SCHEMA, accept: UNCERTAIN_KINDS });
    await send(world, [{ users: [...UNCERTAIN, ...FIT] }]);
    await untilEmpty(world);
    expect(world.state()).toMatchObject({ users: UNCERTAIN.length + FIT.length, deadLetters: 0 });
  });

  test('and dead-letters it, and nobody else, where PutUsers refuses it', async () => {
    world = await assembly.start({ schema: SCHEMA, accept: [] });
    await send(world, [{ users: [...UNCERTAIN, ...FIT] }]);
    await untilEmpty(world);
    expect(world.state()).toMatchObject({ users: FIT.length, deadLetters: UNCERTAIN.length });
    expect([...world.users.keys()].every((userId) => userId.startsWith('fits-'))).toBe(true);
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

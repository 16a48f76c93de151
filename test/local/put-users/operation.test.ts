import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ServiceError } from '../../../local/put-users/errors.ts';
import { type AcceptedRequest, decide } from '../../../local/put-users/operation.ts';
import type { PutUsersInput } from '../../../local/put-users/request.ts';
import { datasetStore, type NewDataset } from '../../../local/put-users/store.ts';
import { readUsersSchema } from '../../../local/put-users/users-schema.ts';
import { propertiesIn, rounded } from '../../support/check-put-users.ts';
import { DATASET_ARN, OTHER_DATASET_ARN, thrownBy } from './support.ts';

const LIMITS = { maxPropertiesLength: 60 };

const SCHEMA = readUsersSchema(
  JSON.stringify({
    type: 'record',
    fields: [
      { name: 'USER_ID', type: 'string' },
      { name: 'AGE', type: ['null', 'int'] },
    ],
  }),
);

function decideWith(dataset: Partial<NewDataset>, input: Partial<PutUsersInput>): AcceptedRequest {
  const store = datasetStore([{ arn: DATASET_ARN, ...dataset }]);
  return decide({ datasetArn: DATASET_ARN, users: [user('ada', '{}')], ...input }, store.find, LIMITS);
}

const user = (userId: string, properties?: string) => ({ userId, properties });

describe('a request', () => {
  test('that is good is accepted with its users in their order', () => {
    const users = [user('ada', '{"age": 36}'), user('bob')];
    expect(decideWith({ schema: SCHEMA }, { users })).toEqual({
      datasetArn: DATASET_ARN,
      users: [
        { userId: 'ada', properties: { age: 36 } },
        { userId: 'bob', properties: {} },
      ],
    });
  });

  test('for a dataset that is not there is a ResourceNotFoundException', () => {
    expect(thrownBy(() => decideWith({}, { datasetArn: OTHER_DATASET_ARN }))).toMatchObject({
      name: 'ResourceNotFoundException',
      status: 404,
    });
  });

  test('for a dataset that is being updated is a ResourceInUseException', () => {
    expect(thrownBy(() => decideWith({ status: 'UPDATING' }, {}))).toMatchObject({
      name: 'ResourceInUseException',
      status: 409,
    });
  });

  test('is held against the schema of its dataset', () => {
    const users = [user('ada', '{"age": "old"}')];
    expect(thrownBy(() => decideWith({ schema: SCHEMA }, { users }))).toMatchObject({ name: 'InvalidInputException' });
    expect(decideWith({}, { users }).users).toHaveLength(1);
  });

  test('that breaks a constraint is told so before its dataset is looked for', () => {
    expect(thrownBy(() => decideWith({}, { datasetArn: OTHER_DATASET_ARN, users: [] }))).toMatchObject({
      name: 'ValidationException',
    });
  });

  test('has its dataset looked for before its properties are read', () => {
    const users = [user('ada', 'not JSON')];
    expect(thrownBy(() => decideWith({ status: 'UPDATING' }, { users }))).toMatchObject({
      name: 'ResourceInUseException',
    });
  });
});

describe('whatever the request,', () => {
  /** Mostly good values: of one bad value among ten users the whole request is refused. */
  const mostly = <T>(good: fc.Arbitrary<T>, bad: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 30, arbitrary: good }, { weight: 1, arbitrary: bad });
  const text = (maxLength: number) => fc.string({ unit: 'grapheme', maxLength });

  const users = fc.record({
    userId: mostly<string | undefined>(
      fc.constantFrom('ada', 'a'.repeat(256), '😀'.repeat(256)),
      fc.oneof(text(3), fc.constantFrom('', 'a'.repeat(257), '😀'.repeat(257), undefined)),
    ),
    properties: mostly<string | undefined>(
      fc.constantFrom(undefined, '{}', '{"age": 36}', '{"age": null}', '{"age":"7"}', `{}${' '.repeat(58)}`),
      fc.oneof(
        text(70),
        fc.json({ maxDepth: 2 }),
        fc.dictionary(text(3), fc.oneof(fc.integer(), text(20), fc.boolean())).map((object) => JSON.stringify(object)),
        fc.constantFrom('', '{"age": 1.5}', '{"age":{}}', `{}${' '.repeat(59)}`),
      ),
    ),
  });
  const inputs = fc.record({
    datasetArn: mostly<string | undefined>(
      fc.constant(DATASET_ARN),
      fc.constantFrom(OTHER_DATASET_ARN, 'x', undefined),
    ),
    users: mostly<PutUsersInput['users']>(
      fc.array(users, { minLength: 1, maxLength: 10, size: 'max' }),
      fc.oneof(fc.array(users, { minLength: 11, maxLength: 12 }), fc.constantFrom([], undefined, [undefined])),
    ),
  });

  test('it is accepted with every constraint kept, or refused with an error of the service', () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(inputs, fc.boolean(), (input, hasSchema) => {
        const error = thrownBy(() => {
          const accepted = decideWith(hasSchema ? { schema: SCHEMA } : {}, input);
          seen.accepted += 1;
          expectConstraintsKept(input, accepted, hasSchema);
        });
        if (error instanceof ServiceError) seen.refused += 1;
        else if (error !== undefined) throw error;
      }),
      { numRuns: 1000 },
    );
    expect(seen.accepted).toBeGreaterThan(100);
    expect(seen.refused).toBeGreaterThan(100);
  });

  /** The constraints once more, in other words than the code has for them. */
  function expectConstraintsKept(input: PutUsersInput, accepted: AcceptedRequest, hasSchema: boolean): void {
    expect(input.datasetArn).toBe(DATASET_ARN);
    expect(accepted.users.map(({ userId }) => userId)).toEqual(input.users?.map((user) => user?.userId));
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).toContain(accepted.users.length);
    for (const [index, stored] of rounded(accepted.users).entries()) {
      expect([...stored.userId].length).toBeGreaterThan(0);
      expect([...stored.userId].length).toBeLessThanOrEqual(256);
      const sent = input.users?.[index]?.properties;
      if (sent !== undefined) expect([...sent].length).toBeLessThanOrEqual(LIMITS.maxPropertiesLength);
      expect(stored.properties).toEqual(propertiesIn(sent ?? '{}'));
      for (const [name, value] of Object.entries(stored.properties)) {
        expect(value === null || ['string', 'number', 'boolean'].includes(typeof value)).toBe(true);
        if (hasSchema) expect([name, value === null || Number.isInteger(Number(value))]).toEqual(['age', true]);
      }
    }
  }
});

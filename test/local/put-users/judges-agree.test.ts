/**
 * Two judges of one schema that share no code: the contract's, which decides what is sent, and the service's. What the one
 * calls clean the other takes at its strictest; what it calls certain, the other refuses at its most lenient.
 */
import { InvalidInputException } from '@aws-sdk/client-personalize-events';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isCertain, MISFITS, type MisfitKind } from '../../../contract/dataset/misfits.ts';
import { propertyNameOf } from '../../../contract/dataset/property-name.ts';
import { readUsersSchema as readInContract } from '../../../contract/dataset/read-users-schema.ts';
import { createMessageReader, type MessageReader } from '../../../contract/message/read-message.ts';
import { ServiceError } from '../../../local/put-users/errors.ts';
import { type CheckUser, checkBySchema } from '../../../local/put-users/judge-user.ts';
import { readProperties } from '../../../local/put-users/properties.ts';
import { propertyNameOf as localNameOf } from '../../../local/put-users/property-name.ts';
import { UNCERTAIN_KINDS, type UncertainKind } from '../../../local/put-users/uncertain-misfits.ts';
import { readUsersSchema } from '../../../local/put-users/users-schema.ts';
import { runs } from '../../support/property-runs.ts';
import { type AvroField, fieldName, fieldOf, schemaText, TYPES, userOf } from '../../support/schema-users.ts';
import { withService } from './support.ts';

/** What the contract makes of properties: what it sends, and what it minds; undefined for what breaks the contract. */
interface Reading {
  readonly sent: string;
  readonly kinds: readonly MisfitKind[];
}

function readBy(read: MessageReader, properties: string, asText: boolean): Reading | undefined {
  const reading = read(`{"userId":"u","properties":${asText ? JSON.stringify(properties) : properties}}`);
  const [user] = reading.kind === 'users' ? reading.users : [];
  if (user?.kind !== 'valid') return undefined;
  return { sent: user.user.properties!, kinds: (user.misfits ?? []).map(({ kind }) => kind) };
}

function readerFor(schema: string): MessageReader {
  const dataset = { schema: readInContract(schema), check: 'separate' } as const;
  return createMessageReader({ maxPropertiesLength: 24_000, dataset });
}

function takes(check: CheckUser, properties: string): boolean {
  try {
    check(readProperties(properties));
    return true;
  } catch (error) {
    if (error instanceof ServiceError && error.name === 'InvalidInputException') return false;
    throw error;
  }
}

interface Case {
  readonly schema: string;
  readonly properties: string;
  readonly asText: boolean;
}

/** A user, and the schema that it is held to. */
function cases(field: fc.Arbitrary<AvroField>, maxFields: number): fc.Arbitrary<Case> {
  const fields = fc.uniqueArray(field, {
    minLength: 1,
    maxLength: maxFields,
    selector: ({ name }) => name.replaceAll('_', '').toLowerCase(),
  });
  const isSchema = (each: readonly AvroField[]) => each.every(({ name }) => !/^_*(user_*id_*)?$/i.test(name));
  return fields.filter(isSchema).chain((each) =>
    fc.record({
      schema: fc.constant(schemaText(each)),
      properties: fc.constantFrom(1, 4, 100).chain((care) => userOf(each, care)),
      asText: fc.boolean(),
    }),
  );
}

test('names are made alike', () => {
  fc.assert(
    fc.property(fieldName, (name) => expect(localNameOf(name)).toBe(propertyNameOf(name))),
    runs(2_000),
  );
});

test('the service knows each kind of uncertain misfit, and one that the contract mends before it sends', () => {
  const kinds = Object.keys(MISFITS) as readonly MisfitKind[];
  const uncertain: readonly string[] = kinds.filter((kind) => !isCertain({ kind }));
  expect([...UNCERTAIN_KINDS].toSorted()).toEqual([...uncertain, 'otherNumber'].toSorted());
});

describe('whatever the schema and the user,', () => {
  test('what is clean is taken by the strictest service, what is certain refused by the most lenient', () => {
    const counts = { clean: 0, certain: 0, uncertain: 0, broken: 0 };
    fc.assert(
      fc.property(cases(fieldOf(), 4), ({ schema, properties, asText }) => {
        const reading = readBy(readerFor(schema), properties, asText);
        if (!reading) {
          counts.broken++;
          return;
        }
        const fields = readUsersSchema(schema);
        if (reading.kinds.length === 0) {
          counts.clean++;
          expect(takes(checkBySchema(fields, []), reading.sent)).toBe(true);
        } else if (reading.kinds.some((kind) => isCertain({ kind }))) {
          counts.certain++;
          const lenient = checkBySchema(fields, UNCERTAIN_KINDS);
          expect([takes(lenient, reading.sent), takes(lenient, properties)]).toEqual([false, false]);
        } else counts.uncertain++;
      }),
      runs(5_000),
    );
    // How many of each there are is up to the seed; none of them may be rare.
    expect(Math.min(counts.clean, counts.certain, counts.uncertain)).toBeGreaterThan(200);
  });

  test('what the service takes has no misfit but of the kinds that it accepts', () => {
    const oneType = fc.constantFrom(...TYPES);
    const field = fieldOf(
      fc.oneof(
        oneType,
        oneType.map((type) => (type === 'null' ? type : ['null', type])),
      ),
    );
    const accepted = fc.subarray([...UNCERTAIN_KINDS]);
    const counts = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(cases(field, 2), accepted, ({ schema, properties, asText }, accept) => {
        const reading = readBy(readerFor(schema), properties, asText);
        if (!reading) return;
        const isTaken = takes(checkBySchema(readUsersSchema(schema), accept), reading.sent);
        counts[isTaken ? 'taken' : 'refused']++;
        // A field that is accepted in another spelling is there.
        const passes = new Set<string>(accept.includes('otherSpelling') ? [...accept, 'missing'] : accept);
        if (isTaken) expect(reading.kinds.filter((kind) => !passes.has(kind))).toEqual([]);
      }),
      runs(5_000),
    );
    expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(200);
  });
});

describe('over HTTP, called by the real client,', () => {
  const samples = fc.sample(cases(fieldOf(), 4), { numRuns: 400, seed: runs(1).seed });
  const datasets = samples.map(({ schema }, index) => ({
    arn: `arn:aws:personalize:eu-central-1:123456789012:dataset/shop-${index}/USERS`,
    schema: readUsersSchema(schema),
  }));
  const readings = samples.map(({ schema, properties, asText }) => readBy(readerFor(schema), properties, asText));
  const where = (holds: (reading: Reading) => boolean) =>
    readings.flatMap((reading, index) =>
      reading && holds(reading) ? [{ ...reading, arn: datasets[index]!.arn }] : [],
    );
  const withAccepted = (accept: readonly UncertainKind[]) => ({
    datasets: datasets.map((dataset) => ({ ...dataset, accept })),
    quota: 'unlimited' as const,
  });

  test('the strictest service takes what is clean', async () => {
    const clean = where(({ kinds }) => kinds.length === 0);
    expect(clean.length).toBeGreaterThan(10);
    await withService(withAccepted([]), async ({ put, service }) => {
      for (const { sent, arn } of clean) await put([{ userId: 'u', properties: sent }], arn);
      expect(service.statistics().callsByOutcome).toEqual({ Accepted: clean.length });
    });
  });

  test('the most lenient one refuses what is certainly no good', async () => {
    const certain = where(({ kinds }) => kinds.some((kind) => isCertain({ kind })));
    expect(certain.length).toBeGreaterThan(10);
    await withService(withAccepted(UNCERTAIN_KINDS), async ({ put, service }) => {
      for (const { sent, arn } of certain) {
        await expect(put([{ userId: 'u', properties: sent }], arn)).rejects.toBeInstanceOf(InvalidInputException);
      }
      expect(service.statistics().calls).toBe(certain.length);
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deduplicationIdOf, newDeduplicationId, type Repeatable } from '../../../aws/sqs/deduplication-id.ts';
import { runs } from '../../support/property-runs.ts';

const text = fc.oneof(fc.constantFrom('', '1', '"', '","', '\uD800'), fc.string({ maxLength: 3 }));
const repeatable: fc.Arbitrary<Repeatable> = fc.oneof(
  fc.record({ kind: fc.constant('deadLetter' as const), sourceMessageId: text, place: fc.nat(11), body: text }),
  fc.record({ kind: fc.constant('replay' as const), letterId: text, body: text }),
);

describe('a deduplication id', () => {
  test('is the same for the same, another for anything else, and one that SQS takes', () => {
    fc.assert(
      fc.property(repeatable, repeatable, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(deduplicationIdOf(one) === deduplicationIdOf(other)).toBe(isSame);
        expect(deduplicationIdOf({ ...one })).toBe(deduplicationIdOf(one));
        expect(deduplicationIdOf(one)).toMatch(/^[\da-f]{64}$/);
      }),
      runs(1_000),
    );
  });

  test('of a message that is sent once is new each time', () => {
    expect(newDeduplicationId()).not.toBe(newDeduplicationId());
    expect(newDeduplicationId()).toMatch(/^[\w-]{1,128}$/);
  });
});

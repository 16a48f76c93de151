import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { packReplays, type Replay } from '../../../cli/dlq/send-letters.ts';
import { runs } from '../../support/property-runs.ts';
import { letter } from '../support/letter.ts';

const replays = fc.array(
  fc
    .record({ group: fc.constantFrom('a', 'b', 'c'), bytes: fc.oneof(fc.nat(100), fc.nat(1_048_576)) })
    .map(({ group, bytes }): Replay => ({ letter: letter({ messageGroupId: group }), body: 'x'.repeat(bytes) })),
  { maxLength: 30 },
);

describe('letters in calls', () => {
  test('are all there, ten at most and 1 MiB at most in each', () => {
    fc.assert(
      fc.property(replays, fc.boolean(), (some, fifo) => {
        const calls = packReplays(some, fifo);
        expect(new Set(calls.flat())).toEqual(new Set(some));
        expect(calls.flat()).toHaveLength(some.length);
        for (const call of calls) {
          expect(call.length).toBeLessThanOrEqual(10);
          expect(call.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThanOrEqual(1_048_576);
        }
      }),
      runs(100),
    );
  });

  test('of a FIFO queue are one of each group in a call, in the order of the group', () => {
    fc.assert(
      fc.property(replays, (some) => {
        const calls = packReplays(some, true);
        for (const call of calls) {
          const groups = call.map((replay) => replay.letter.messageGroupId);
          expect(new Set(groups).size).toBe(groups.length);
        }
        for (const group of ['a', 'b', 'c']) {
          const ofGroup = (list: readonly Replay[]) => list.filter((replay) => replay.letter.messageGroupId === group);
          expect(ofGroup(calls.flat())).toEqual(ofGroup(some));
        }
      }),
      runs(100),
    );
  });
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Message } from '../../../lambda/core/message.ts';
import { checkIngest } from '../../support/check-ingest.ts';
import { type CallScript, FAILURES, type OutsideScript, runAgainstModel } from '../../support/ingest-model.ts';
import { message } from '../../support/messages.ts';
import { runs } from '../../support/property-runs.ts';

/** A record of a user, without what makes it one of its kind. */
const user = fc.record({
  userId: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 12 }).map((n) => `u${n}`) },
    { weight: 2, arbitrary: fc.integer({ min: 13, max: 200 }).map((n) => `u${n}`) },
    { weight: 1, arbitrary: fc.constantFrom('', '__proto__', 'constructor') },
  ),
  poison: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  asText: fc.boolean(),
});
type User = typeof user extends fc.Arbitrary<infer T> ? T : never;

const content = fc.oneof(
  { weight: 6, arbitrary: user.map((one): User[] | User | string => one) },
  { weight: 2, arbitrary: fc.array(user, { maxLength: 25 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'nonsense', '7', '{}', '{"userId":"u1","userId":"u2"}', '{"users":[7]}'),
  },
);

const record = fc.record({
  content,
  receiveCount: fc.integer({ min: 1, max: 6 }),
  sentAt: fc.integer({ min: 0, max: 20 }),
  group: fc.constantFrom('g', 'h', 'i'),
});
type Record = typeof record extends fc.Arbitrary<infer T> ? T : never;

const call: fc.Arbitrary<CallScript> = fc.record({
  failure: fc.option(fc.nat(FAILURES.length - 1), { freq: 2 }),
  milliseconds: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(0, 60, 1000) },
    fc.constantFrom<(number | 'hang')[]>(4999, 5000, 'hang'),
  ),
});

const outside: fc.Arbitrary<OutsideScript> = fc.record({
  calls: fc.array(call, { maxLength: 40 }),
  letters: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant('stored' as const) },
      fc.constantFrom('lost' as const, 'unconfirmed' as const),
    ),
    { minLength: 1, maxLength: 10 },
  ),
  changesFail: fc.boolean(),
  callsPerSecond: fc.constantFrom(0.5, 5, 3, 100),
  startsAt: fc.constantFrom(0, 1_700_000_000_000),
  milliseconds: fc.oneof(fc.constantFrom(0, 3000, 3600, 10_000, 600_000), fc.integer({ min: 1000, max: 30_000 })),
});

/** Writes a batch in which each record of a user has a number of its own. */
function toBatch(records: readonly Record[], fifo: boolean): readonly Message[] {
  let number = 0;
  const write = ({ userId, poison, asText }: User) => {
    const properties = { number: number++, poison };
    return { userId, properties: asText ? JSON.stringify(properties) : properties };
  };
  return records.map(({ content: what, receiveCount, sentAt, group }) => {
    const body = typeof what === 'string' ? what : Array.isArray(what) ? { users: what.map(write) } : write(what);
    return message(body, { receiveCount, sentAt, ...(fifo && { messageGroupId: group }) });
  });
}

async function check(records: readonly Record[], fifo: boolean, script: OutsideScript): Promise<void> {
  const batch = toBatch(records, fifo);
  checkIngest(batch, await runAgainstModel(batch, script));
}

test('whatever is in a batch and whatever fails, nothing is lost and nothing turns back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 40 }), fc.boolean(), outside, check),
    runs(10_000),
  );
}, 120_000);

test('nor in large batches', async () => {
  const size = fc.oneof(fc.integer({ min: 100, max: 2000 }), fc.constantFrom(1000, 9999, 10_000));
  const pattern = fc.array(record, { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(
      pattern,
      size,
      fc.integer({ min: 1, max: 5000 }),
      outside,
      async (some, howMany, distinct, script) => {
        const records = Array.from({ length: howMany }, (_, index): Record => {
          const each = some[index % some.length]!;
          if (typeof each.content === 'string' || Array.isArray(each.content)) return each;
          return { ...each, content: { ...each.content, userId: `many-${index % distinct}` } };
        });
        const milliseconds = Math.max(script.milliseconds, 14_000) + howMany;
        await check(records, false, { ...script, milliseconds });
      },
    ),
    runs(25),
  );
}, 120_000);

test('the model can fail: it tells delivered from not', async () => {
  const batch = [message({ userId: 'a', properties: { poison: false } })];
  const observed = await runAgainstModel(batch, {
    calls: [],
    letters: [],
    changesFail: false,
    callsPerSecond: 5,
    startsAt: 0,
    milliseconds: 60_000,
  });
  checkIngest(batch, observed);
  expect(() => checkIngest(batch, { ...observed, calls: [] })).toThrow();
});

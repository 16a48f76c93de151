import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createFifoLines } from '../../simulation/services/fifo-lines.ts';
import { createQueue, type QueuedMessage } from '../../simulation/services/queue.ts';

interface Item {
  readonly groupId: string;
  readonly sequence: number;
  visibleAt: number;
}

/** The rule as it is written: looks at every message, each time. */
function slowly(items: readonly Item[], now: number, maximum: number, lookedAt: number): Item[] {
  const first = items.slice(0, lookedAt);
  const locked = new Set(first.filter(({ visibleAt }) => visibleAt > now).map(({ groupId }) => groupId));
  return first.filter(({ groupId }) => !locked.has(groupId)).slice(0, maximum);
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), group: fc.constantFrom('a', 'b', 'c', 'd') }),
  fc.record({ kind: fc.constant('receive' as const), maximum: fc.integer({ min: 1, max: 4 }), seconds: fc.nat(5) }),
  fc.record({ kind: fc.constant('delete' as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constant('hide' as const), which: fc.nat(20), seconds: fc.nat(9) }),
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.nat(6) }),
);

test('they hand out what the rule says, whatever is sent, received, hidden and deleted in between', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(3, 1000), (steps, lookedAt) => {
      const lines = createFifoLines<Item>({ lookedAt });
      const items: Item[] = [];
      let [now, count] = [0, 0];
      for (const each of steps) {
        if (each.kind === 'wait') now += each.seconds;
        if (each.kind === 'send') {
          const item: Item = { groupId: each.group, sequence: ++count, visibleAt: now };
          items.push(item);
          lines.add(item);
        }
        if (each.kind === 'delete' || each.kind === 'hide') {
          const flying = items.filter(({ visibleAt }) => visibleAt > now);
          const item = flying[each.which % flying.length];
          if (!item) continue;
          if (each.kind === 'delete') {
            items.splice(items.indexOf(item), 1);
            lines.remove(now, item);
          } else {
            item.visibleAt = now + each.seconds;
            lines.moved(now, item);
          }
        }
        if (each.kind === 'receive') {
          const expected = slowly(items, now, each.maximum, lookedAt);
          const taken: Item[] = [];
          for (const item of lines.free(now)) {
            taken.push(item);
            item.visibleAt = now + each.seconds;
            lines.moved(now, item);
            if (taken.length === each.maximum) break;
          }
          expect(taken).toEqual(expected);
        }
        const next = lines.nextFreeAt(now);
        expect(slowly(items, now, 1, lookedAt)).toHaveLength(next === now ? 1 : 0);
        if (next !== now && next !== Number.POSITIVE_INFINITY) expect(slowly(items, next, 1, lookedAt)).toHaveLength(1);
        expect(lines.inFlight(now)).toBe(items.filter(({ visibleAt }) => visibleAt > now).length);
      }
    }),
    { numRuns: 2000 },
  );
});

test('nobody is looked at behind the first 120,000 messages', () => {
  const queue = createQueue({ name: 'q', fifo: true, visibilityTimeoutInSeconds: 30 });
  const send = (group: string, count: number) => {
    for (let index = 0; index < count; index++) {
      const body = `${group}-${index}`;
      queue.send(0, { body, groupId: group, deduplicationId: body });
    }
  };
  send('hot', 120_000);
  send('cold', 1);
  const received = queue.receive(0, 10);
  expect(received).toHaveLength(10);
  expect(queue.receive(1, 10)).toEqual([]);
  for (const { receipt } of received.slice(0, 1)) queue.delete(2, receipt!);
  expect(bodiesOf(queue.receive(3, 10))).toEqual(['cold-0']);
});

test('groups together: as many of one group as there are, before another begins', () => {
  const queue = createQueue({ name: 'q', fifo: true, visibilityTimeoutInSeconds: 30, groupsTogether: true });
  for (const body of ['a1', 'b1', 'a2', 'c1', 'a3']) {
    queue.send(0, { body, groupId: body[0]!, deduplicationId: body });
  }
  expect(bodiesOf(queue.receive(0, 4))).toEqual(['a1', 'a2', 'a3', 'b1']);
});

function bodiesOf(messages: readonly QueuedMessage[]): readonly string[] {
  return messages.map(({ body }) => body);
}

import { describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { CONTENDERS, type ContenderName } from '../../bench/cpu/contenders.ts';
import { floorFigures, growthFigures, schemaFigures } from '../../bench/cpu.ts';
import { makeEvent } from '../../bench/event.ts';
import type { UserRecord } from '../../contract/message/schema.ts';

describe('the contenders', () => {
  test.each([1, 10])('make the same calls of messages with %d users', async (usersPerMessage) => {
    const event = makeEvent({ records: 13, usersPerMessage }) as unknown as SQSEvent;
    const callsOf = async (contender: ContenderName) => {
      const calls: (readonly UserRecord[])[] = [];
      expect(await CONTENDERS[contender]((users) => calls.push(users))(event)).toBe(13 * usersPerMessage);
      return calls;
    };
    const calls = await callsOf('pipeline');
    expect(await callsOf('floor')).toEqual(calls);
    expect(await callsOf('withSchema')).toEqual(calls);
  });

  test('do not take a message that fails for one that is settled', async () => {
    const event = makeEvent({ records: 1 }) as unknown as SQSEvent;
    const down = CONTENDERS.pipeline(() => {
      throw new Error('down');
    });
    await expect(down(event)).rejects.toThrow('a message failed');
  });
});

test('speed is a part of the floor, so half of it takes twice the time', () => {
  const { single } = floorFigures('single', { pipeline: [6, 6, 6], floor: [3, 3, 3] });
  expect(single).toMatchObject({ value: 0.5, better: 'higher' });
});

test("a schema's price is the time of a user with it beside that without", () => {
  const { singleWithSchema } = schemaFigures('single', { pipeline: [5, 5, 5], withSchema: [6, 6, 6] });
  expect(singleWithSchema).toMatchObject({ value: 1.2, better: 'lower' });
});

test('growth is the time of a record beside that in a usual batch', () => {
  const figures = growthFigures({ 10: [5], 1000: [4], 10000: [6] });
  expect(Object.fromEntries(Object.entries(figures).map(([name, { value }]) => [name, value]))).toEqual({
    recordIn10: 1.25,
    recordIn10000: 1.5,
  });
});

import { describe, expect, test } from '@jest/globals';
import { createNoisyGroups } from '../../../local/fair-queue/noisy-groups.ts';

const MINUTE = 60_000;

/** Groups of which so many messages wait, and so many of those are received at 0. */
function groupsWith(messages: Readonly<Record<string, { waiting: number; received: number }>>) {
  const groups = createNoisyGroups();
  for (const [group, { waiting, received }] of Object.entries(messages)) {
    for (let message = 0; message < waiting; message++) groups.visible(group);
    for (let message = 0; message < received; message++) groups.received(group, 0);
  }
  return groups;
}

describe('by what it has in flight, a group', () => {
  test('is noisy with 30 messages and more than a tenth of all', () => {
    expect(groupsWith({ load: { waiting: 100, received: 30 } }).isNoisy('load', 0)).toBe(true);
  });

  test('is quiet with 29 messages, be they all that there are', () => {
    expect(groupsWith({ load: { waiting: 100, received: 29 } }).isNoisy('load', 0)).toBe(false);
  });

  test('is quiet with a tenth of all, however many that are', () => {
    const groups = groupsWith({ load: { waiting: 100, received: 50 }, other: { waiting: 450, received: 450 } });
    expect(groups.isNoisy('load', 0)).toBe(false);
    expect(groups.isNoisy('other', 0)).toBe(true);
  });

  test('counts messages without a group as others', () => {
    const groups = groupsWith({ load: { waiting: 100, received: 30 } });
    for (let message = 0; message < 270; message++) groups.received(undefined, 0);
    expect(groups.isNoisy('load', 0)).toBe(false);
  });
});

test('a group whose few messages take most of the time is noisy', () => {
  const groups = groupsWith({ slow: { waiting: 10, received: 2 }, fast: { waiting: 10, received: 2 } });
  groups.ended('fast', 0, 100);
  groups.ended('slow', 0, 10_000);
  expect(groups.isNoisy('slow', 10_000)).toBe(true);
  expect(groups.isNoisy('fast', 10_000)).toBe(false);
});

describe('a noisy group', () => {
  test('stays noisy when less of it is in flight, as long as it has a backlog', () => {
    const groups = groupsWith({ load: { waiting: 100, received: 30 } });
    expect(groups.isNoisy('load', 0)).toBe(true);
    for (let message = 0; message < 30; message++) groups.ended('load', 0, 1);
    expect(groups.isNoisy('load', MINUTE)).toBe(true);
  });

  test('is quiet again when its backlog is gone', () => {
    const groups = groupsWith({ load: { waiting: 30, received: 30 } });
    expect(groups.isNoisy('load', 0)).toBe(true);
    for (let message = 0; message < 30; message++) groups.ended('load', 0, 1);
    expect(groups.isNoisy('load', 1)).toBe(false);
  });

  test('is quiet again after five minutes without a message in flight', () => {
    const groups = groupsWith({ load: { waiting: 100, received: 30 } });
    expect(groups.isNoisy('load', 0)).toBe(true);
    for (let message = 0; message < 30; message++) groups.ended('load', 0, 1);
    expect(groups.isNoisy('load', 5 * MINUTE)).toBe(true);
    expect(groups.isNoisy('load', 5 * MINUTE + 1)).toBe(false);
  });
});

test('thresholds that are off are so for each group', () => {
  const factors = [2, 0.5];
  const groups = createNoisyGroups({ approximation: () => factors.shift()! });
  for (const group of ['patient', 'strict']) {
    for (let message = 0; message < 50; message++) groups.visible(group);
    for (let message = 0; message < 20; message++) groups.received(group, 0);
  }
  expect(groups.isNoisy('patient', 0)).toBe(false);
  expect(groups.isNoisy('strict', 0)).toBe(true);
});

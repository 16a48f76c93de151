/** The commands on the whole pipeline: letters that the deployed function wrote, and what becomes of them. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { announceWorld } from '../../../local/announce-world.ts';
import type { World } from '../../../local/world.ts';
import { users } from '../../support/messages.ts';
import { type Assembly, send, synthesizeOnce, until, untilEmpty } from '../../support/world.ts';
import { runCli, startCli } from '../support/run-cli.ts';

jest.setTimeout(120_000);

describe('the command line and the embedded world', () => {
  let assembly: Assembly;
  let world: World;
  let directory: string;
  let withdraw: () => Promise<void>;
  const worldFile = () => join(directory, 'there', 'world.json');
  const run = (...args: readonly string[]) => runCli([...args, '--world', worldFile()]);

  beforeAll(async () => {
    assembly = await synthesizeOnce({ usersPerMessage: '3' });
  });
  afterAll(() => assembly.remove());
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
    world = await assembly.start({ schema: 'samples/users-schema.avsc' });
    withdraw = await announceWorld(world, worldFile());
  });
  afterEach(async () => {
    await withdraw();
    await world.stop();
    rmSync(directory, { recursive: true });
  });

  test('letters are found by their reason, repaired, replayed and delivered', async () => {
    await send(world, [...users(5), { userId: 'a', properties: { agee: 7 } }, { userId: '' }]);
    await untilEmpty(world);
    const { stdout } = await run('dlq', 'list', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      deadLetters: 2,
      groups: expect.arrayContaining([
        expect.objectContaining({ errorCode: 'MessageContractViolation', errorMessage: 'userId: must not be empty' }),
        expect.objectContaining({ errorCode: 'InvalidInputException', count: 1 }),
      ]),
    });
    const replay = await run('dlq', 'replay', '--edit', 'sed s/agee/age/', '--yes', '--json');
    expect(replay.code).toBe(3);
    expect(JSON.parse(replay.stdout)).toMatchObject({
      replayed: 1,
      stayed: [{ reason: 'the edited body breaks the contract: userId: must not be empty', count: 1 }],
    });
    await untilEmpty(world);
    expect(world.users.get('a')).toEqual({ userId: 'a', properties: { age: 7 } });
    expect(world.state()).toMatchObject({ left: 0, deadLetters: 1 });
  });

  test('users of a CSV file are all in the dataset, though the sending is killed, and resumed', async () => {
    const file = join(directory, 'users.csv');
    const ids = Array.from({ length: 300 }, (_, index) => `user-${index}`);
    const rows = ids.map((userId, index) => `${userId},${18 + (index % 60)},Premium,NL,${index},true`);
    const header = 'USER_ID,AGE,MEMBERSHIP_TYPE,COUNTRY,NUMBER_OF_VIDEOS_WATCHED,SUBSCRIBED';
    writeFileSync(file, `${[header, ...rows, ',20,Basic,NL,0,true'].join('\n')}\n`);
    const args = ['send', file, '--schema', 'samples/users-schema.avsc', '--world', worldFile()];

    world.sqs.setFaults([{ action: 'SendMessageBatch', late: 1, lateByInMilliseconds: 300 }], 1);
    const killed = startCli([...args, '--concurrency', '1']);
    await until(() => world.users.size > 0 || world.state().left > 0);
    killed.process.kill('SIGKILL');
    expect(await killed.ended).toBeNull();
    expect(world.users.size + 3 * world.state().left).toBeLessThan(ids.length);

    world.sqs.setFaults([], 1);
    expect(await runCli([...args, '--resume'])).toMatchObject({ code: 3 });
    await untilEmpty(world);
    expect([...world.users.keys()].sort()).toEqual(ids.toSorted());
    expect(world.users.get('user-7')?.properties).toMatchObject({
      age: 25,
      numberOfVideosWatched: 7,
      subscribed: true,
    });
    expect(world.state().deadLetters).toBe(0);
    const rejects = readFileSync(`${file}.rejects.jsonl`, 'utf8').trim().split('\n');
    expect(rejects.map((line) => JSON.parse(line).line)).toEqual([302]);
  });

  test('a letter that fails again is there again with fresh attributes, and was replayed once', async () => {
    await send(world, [{ userId: 'a', properties: { agee: 7 } }]);
    await untilEmpty(world);
    const first = await theLetter();
    const replay = await run('dlq', 'replay', '--yes', '--json');
    expect(JSON.parse(replay.stdout)).toMatchObject({ replayed: 1 });
    await until(() => world.state().deadLetters === 1 && world.state().left === 0);
    const second = await theLetter();
    expect(second.messageId).not.toBe(first.messageId);
    expect(second.body).toBe(first.body);
    expect(Object.keys(second.attributes).toSorted()).toEqual(Object.keys(first.attributes).toSorted());
    expect(second.attributes.Origin).toEqual(first.attributes.Origin);
    for (const name of ['SourceMessageId', 'RequestID']) {
      expect(second.attributes[name]).not.toEqual(first.attributes[name]);
    }
  });

  async function theLetter() {
    const { groups } = JSON.parse((await run('dlq', 'list', '--json')).stdout);
    expect(groups).toHaveLength(1);
    return JSON.parse((await run('dlq', 'show', groups[0].sample.messageId, '--json')).stdout);
  }

  test('status tells depth, age, rate, time to drain and dead letters by ErrorCode', async () => {
    await send(world, [...users(300), { userId: '' }, { userId: '' }]);
    await until(() => world.state().deadLetters === 2);
    const { code, stdout } = await run('status', '--json');
    expect(code).toBe(0);
    const status = JSON.parse(stdout);
    expect(status).toMatchObject({
      name: 'the embedded world',
      quotaPerSecond: 100,
      deliveredPerSecond: expect.any(Number),
      deadLetters: { total: 2, lookedAt: 2, byErrorCode: [{ errorCode: 'MessageContractViolation', count: 2 }] },
    });
    const { waiting, inFlight, delayed, oldestAgeInSeconds } = status.queue;
    expect(status.drainInSeconds).toBeCloseTo(((waiting + inFlight + delayed) * 3) / 100, 6);
    expect(oldestAgeInSeconds).toBeGreaterThanOrEqual(0);
    await untilEmpty(world);
    expect((await run('status')).stdout).toMatch(/Time to drain +the queue is empty\n/);
  });

  test('the world says where it is, and takes it back when it ends', async () => {
    expect(JSON.parse(readFileSync(worldFile(), 'utf8'))).toEqual({
      pid: process.pid,
      endpoints: world.endpoints,
      queueArn: expect.stringMatching(/^arn:aws:sqs:eu-west-1:000000000000:UsersQueue/),
      deadLetterQueueArn: expect.stringMatching(/^arn:aws:sqs:eu-west-1:000000000000:UsersDeadLetterQueue/),
      settings: {
        requestsPerSecond: 10,
        usersPerMessage: 3,
        maxReceiveCount: 10,
        maxPropertiesLength: 24_000,
        visibilityTimeoutInSeconds: expect.any(Number),
      },
    });
    await withdraw();
    expect(existsSync(worldFile())).toBe(false);
  });
});

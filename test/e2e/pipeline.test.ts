/** The deployed bundle, in processes of its own, between a queue and a PutUsers that it reaches over HTTP. */
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { World } from '../../local/world.ts';
import { users } from '../support/messages.ts';
import { type Assembly, receiveDeadLetters, send, synthesizeOnce, until, untilEmpty } from '../support/world.ts';

jest.setTimeout(120_000);

describe('the pipeline', () => {
  let assembly: Assembly;
  let world: World;
  beforeAll(async () => {
    // Small batches have a short time-out, and so a short visibility timeout: what a crash leaves comes back in 25 s.
    assembly = await synthesizeOnce({ batchSize: '10', timeoutInSeconds: '4', backoffBaseInSeconds: '1' });
  });
  afterAll(() => assembly.remove());
  afterEach(() => world.stop());

  test('delivers the users of single and of packed messages, and leaves nothing behind', async () => {
    world = await assembly.start();
    await send(world, [...users(25), { users: users(10, 'packed') }]);
    await untilEmpty(world);
    expect(world.users.size).toBe(35);
    expect(world.users.get('packed-9')).toEqual({ userId: 'packed-9', properties: { age: 9 } });
    expect(world.state()).toMatchObject({ left: 0, deadLetters: 0 });
  });

  test('delivers the good ones beside a bad one, which is dead-lettered with its reason and what it came with', async () => {
    world = await assembly.start();
    await send(world, [...users(9), { userId: '' }]);
    await untilEmpty(world);
    expect(world.users.size).toBe(9);
    const [letter] = await receiveDeadLetters(world);
    expect(letter).toMatchObject({
      Body: '{"userId":""}',
      MessageAttributes: {
        ErrorCode: { StringValue: 'MessageContractViolation' },
        ErrorMessage: { StringValue: 'userId: must not be empty' },
        RequestID: { StringValue: expect.stringMatching(/^[\da-f-]{36}$/) },
        Origin: { StringValue: 'test' },
      },
    });
  });

  test('takes attributes of every name that SQS does', async () => {
    world = await assembly.start();
    const odd = Object.fromEntries([['__proto__', { DataType: 'String', StringValue: 'odd' }]]);
    const Entries = [...users(9), { userId: '' }].map((user, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify(user),
      ...(user.userId === '' && { MessageAttributes: odd }),
    }));
    await world.sqsClient.send(new SendMessageBatchCommand({ QueueUrl: world.endpoints.queueUrl, Entries }));
    await untilEmpty(world);
    expect(world.users.size).toBe(9);
    const [letter] = await receiveDeadLetters(world);
    expect(Object.entries(letter!.MessageAttributes!)).toContainEqual([
      '__proto__',
      { DataType: 'String', StringValue: 'odd' },
    ]);
  });

  test('splits what PutUsers refuses, and a letter that is replayed as it stands fails again with fresh attributes', async () => {
    world = await assembly.start({ schema: 'samples/users-schema.avsc' });
    await send(world, [
      {
        users: [
          { userId: 'good', properties: { age: 7 } },
          { userId: 'bad', properties: { agee: 7 } },
        ],
      },
    ]);
    await untilEmpty(world);
    expect([...world.users.keys()]).toEqual(['good']);

    const [first] = await receiveDeadLetters(world);
    expect(first).toMatchObject({
      Body: '{"userId":"bad","properties":{"agee":7}}',
      MessageAttributes: { ErrorCode: { StringValue: 'InvalidInputException' } },
    });
    await send(world, [first!.Body]);
    await until(() => world.state().deadLetters === 2);
    const [second] = await receiveDeadLetters(world);
    expect(second!.Body).toBe(first!.Body);
    expect(second!.MessageAttributes!.SourceMessageId).not.toEqual(first!.MessageAttributes!.SourceMessageId);
  });

  test('delivers everyone although PutUsers throttles, fails and drops connections', async () => {
    world = await assembly.start({
      faults: { throttling: 0.15, serverError: 0.1, conflict: 0.05, dropped: 0.05, seed: 5 },
    });
    await send(world, users(100));
    await untilEmpty(world);
    expect(world.users.size).toBe(100);
    expect(world.state().deadLetters).toBe(0);
    expect(world.statistics().callsByOutcome.ThrottlingException).toBeGreaterThan(0);
  });

  test('loses nobody when the process is killed while it works', async () => {
    world = await assembly.start({ faults: { slow: 1, slowByInMilliseconds: 60_000 } });
    await send(world, users(10));
    await until(() => world.statistics().calls > 0);
    const [environment] = world.environments();
    world.putUsers.setFaults({});
    process.kill(environment!.pid, 'SIGKILL');
    await until(() => world.tally().failedBatches > 0);
    expect(world.state().left).toBe(10);
    await untilEmpty(world);
    expect(world.users.size).toBe(10);
    expect(world.state().deadLetters).toBe(0);
  });

  test('says at once when the function does not start, and names the variable', async () => {
    const broken = await synthesizeOnce();
    broken.editTemplate((template) => template.replace('"DATASET_ARN"', '"DATASET_NAME"'));
    world = await broken.start();
    await send(world, users(1));
    await expect(untilEmpty(world)).rejects.toThrow(
      "The function does not start: ConfigurationError: The function's environment is not usable: DATASET_ARN is not set.",
    );
    expect(world.state().left).toBe(1);
    broken.remove();
  });

  test('tells what it did in counts, and names no user', async () => {
    const lines: string[] = [];
    world = await assembly.start({ onLog: (line) => lines.push(line) });
    await send(world, [
      { userId: 'secret-id', properties: { city: 'secret-city' } },
      { userId: 'secret-id', properties: { city: { name: 'secret-city' } } },
    ]);
    await untilEmpty(world);
    expect(lines.join('\n')).not.toContain('secret');

    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries).toContainEqual(
      expect.objectContaining({ message: 'Message rejected', errors: { MessageContractViolation: 1 } }),
    );
    expect(entries).toContainEqual(
      expect.objectContaining({
        message: 'Batch settled',
        messages: 2,
        users: { delivered: 1, superseded: 0, rejected: 1, retried: 0 },
      }),
    );
    const metrics = entries.find((entry) => '_aws' in entry)!;
    expect(metrics).toMatchObject({
      UsersDelivered: 1,
      UsersRejected: 1,
      PutUsersCalls: 1,
      UsersPerCall: 1,
      InternalErrors: 0,
      OldestMessageAge: expect.any(Number),
    });
    for (const none of ['UsersSuperseded', 'UsersRetried', 'ThrottledCalls']) {
      expect(metrics).not.toHaveProperty(none);
    }
  });
});

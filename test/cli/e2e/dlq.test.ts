/** The dlq commands as processes, on real queues. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { until } from '../../support/world.ts';
import { type LetterQueues, letters, startLetterQueues } from '../support/letter-queues.ts';
import { runCli, startCli } from '../support/run-cli.ts';

jest.setTimeout(120_000);

describe('dlq', () => {
  let queues: LetterQueues;
  afterEach(() => queues.stop());

  const args = (...command: readonly string[]) => ['dlq', ...command, '--world', queues.worldFile];
  const run = (...command: readonly string[]) => runCli(args(...command));
  const at = (name: string) => join(queues.directory, name);

  test('list groups letters by code and message, and leaves them where they are', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(12, { errorMessage: 'users[3]: no' }));
    await queues.putLetters(letters(3, { errorMessage: 'users[4]: no' }));
    await queues.putLetters([{ body: 'x\u009b31m', errorCode: null }]);
    const { stdout, stderr, code } = await run('list', '--json');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({
      deadLetters: 16,
      groups: [
        { errorCode: 'InvalidInputException', errorMessage: 'users[*]: no', count: 15 },
        { errorCode: 'none', count: 1 },
      ],
    });
    const text = (await run('list')).stdout;
    expect(text).toMatch(/^16 dead letters for 2 reasons\n/);
    expect(text).toMatch(/15 {2}InvalidInputException: users\[\*\]: no/);
    expect(text).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(queues.lettersDepth()).toEqual({ visible: 16, inFlight: 0, delayed: 0 });
  });

  test('attributes of names that mean something to JavaScript are attributes, for every command', async () => {
    queues = await startLetterQueues();
    const attributes = JSON.parse('{"__proto__":"first","constructor":"second"}');
    await queues.putLetters([...letters(9), { body: '{"userId":"odd"}', attributes, errorCode: '__proto__' }]);
    const listed = JSON.parse((await run('list', '--json')).stdout);
    expect(listed).toMatchObject({
      deadLetters: 10,
      unreadable: [],
      groups: [{ count: 9 }, { errorCode: '__proto__' }],
    });
    expect((await run('show', listed.groups[1].sample.messageId)).stdout).toMatch(/__proto__ +first\n/);
    const { stdout } = await run('export', '-', '--error-code', '__proto__');
    expect(stdout).toContain('"__proto__":{"dataType":"String","stringValue":"first"}');
    await run('export', at('all.jsonl'));
    const purged = await run('purge', '--exported', at('all.jsonl'), '--dry-run', '--json');
    expect(JSON.parse(purged.stdout)).toMatchObject({ deleted: 10 });
    expect(await run('replay', '--error-code', '__proto__', '--yes')).toMatchObject({ code: 0 });
    const [taken] = await queues.takeUsers();
    expect(Object.entries(taken!.attributes)).toEqual(expect.arrayContaining(Object.entries(attributes)));
  });

  test.each([
    [false, 'Source'],
    [true, 'Message group'],
  ])('show has the group of a letter by its name (on a FIFO queue: %s)', async (fifo, name) => {
    queues = await startLetterQueues({ fifo });
    await queues.putLetters(letters(1, { messageGroupId: 'crm' }));
    const { stdout } = await run('show', '');
    expect(stdout).toMatch(new RegExp(`^${name} +crm$`, 'm'));
  });

  test('show shows one letter, found by how its ID begins', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(15));
    const { sample } = JSON.parse((await run('list', '--json')).stdout).groups[0];
    const { code, stdout } = await run('show', sample.messageId.slice(0, 13));
    expect(code).toBe(0);
    expect(stdout).toMatch(/ErrorCode +InvalidInputException\n/);
    expect(stdout).toMatch(/Origin +test\n/);
    expect(stdout.trimEnd().endsWith(`\n\n${sample.body}`)).toBe(true);
    const unknown = await run('show', 'no-such-id');
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(unknown.stderr).toContain('There is no dead letter no-such-id.');
    expect(queues.lettersDepth()).toEqual({ visible: 15, inFlight: 0, delayed: 0 });
  });

  test('export writes all of it, or to standard output what is selected', async () => {
    queues = await startLetterQueues();
    await queues.putLetters([...letters(25), ...letters(2, { errorCode: 'Other' })]);
    expect(await run('export', at('all.jsonl'))).toMatchObject({ code: 0, stdout: expect.stringContaining('27 dead') });
    const lines = readFileSync(at('all.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(lines.map(({ messageId }) => messageId)).size).toBe(27);
    expect(lines[0]).toMatchObject({ body: expect.any(String), attributes: { Origin: { stringValue: 'test' } } });

    expect(await run('export', at('all.jsonl'))).toMatchObject({ code: 2, stdout: '' });
    const { stdout, code } = await run('export', '-', '--error-code', 'Other');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(queues.lettersDepth()).toEqual({ visible: 27, inFlight: 0, delayed: 0 });
  });

  test('export gives all letters back when nobody reads it to its end', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(1000, { errorMessage: 'x'.repeat(1000) }));
    const look = startCli(args('export', '-'));
    look.process.stdout!.once('data', () => look.process.stdout!.destroy());
    expect(await look.ended).toBe(0);
    expect(queues.lettersDepth()).toEqual({ visible: 1000, inFlight: 0, delayed: 0 });
  });

  test('purge deletes what was exported and is selected, and nothing else', async () => {
    queues = await startLetterQueues();
    await queues.putLetters([...letters(8), ...letters(4, { errorCode: 'Other' })]);
    await run('export', at('some.jsonl'));
    await queues.putLetters(letters(3, { errorCode: 'Other' }));

    const dry = await run('purge', '--exported', at('some.jsonl'), '--dry-run', '--json');
    expect(JSON.parse(dry.stdout)).toMatchObject({ dryRun: true, deleted: 12, notExported: 3 });
    expect(queues.lettersDepth().visible).toBe(15);

    const one = await run('purge', '--exported', at('some.jsonl'), '--error-code', 'Other', '--yes', '--json');
    expect(one.code).toBe(3);
    expect(JSON.parse(one.stdout)).toMatchObject({ deleted: 4, notExported: 3, notSelected: 8 });
    const limited = await run('purge', '--exported', at('some.jsonl'), '--limit', '5', '--yes', '--json');
    expect(JSON.parse(limited.stdout)).toMatchObject({ deleted: 5 });
    expect(queues.lettersDepth()).toEqual({ visible: 6, inFlight: 0, delayed: 0 });
  });

  test('purge keeps a letter whose body is not the exported one', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(2));
    await run('export', at('some.jsonl'));
    const [line = '', other = ''] = readFileSync(at('some.jsonl'), 'utf8').split('\n');
    writeFileSync(at('some.jsonl'), [JSON.stringify({ ...JSON.parse(line), body: 'changed' }), other, ''].join('\n'));
    const result = await run('purge', '--exported', at('some.jsonl'), '--yes', '--json');
    expect(JSON.parse(result.stdout)).toMatchObject({ deleted: 1, notExported: 1 });
    expect(queues.lettersDepth().visible).toBe(1);
  });

  test.each([[['replay']], [['purge', '--exported']]])(
    '%j does nothing without a yes when nobody can be asked',
    async (command) => {
      queues = await startLetterQueues();
      await queues.putLetters(letters(3));
      await run('export', at('some.jsonl'));
      const result = await run(...command, ...(command.length > 1 ? [at('some.jsonl')] : []));
      expect(result).toMatchObject({ code: 4, stdout: '' });
      expect(result.stderr).toContain('Give --yes to answer it beforehand.');
      expect(queues.lettersDepth()).toEqual({ visible: 3, inFlight: 0, delayed: 0 });
      expect(queues.usersDepth().visible).toBe(0);
    },
  );

  test('replay sends what is selected, repaired, and says what stays and why', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(5, { errorCode: 'Other' }));
    await queues.putLetters([{ body: '{"userId":"a","x":1}' }, { body: '{"userId":"b"}' }]);
    const result = await run('replay', '--error-code', 'InvalidInputException', '--edit', 'sed s/b/c/', '--yes');
    expect(result.code).toBe(3);
    expect(result.stdout).toBe(
      '1 dead letter replayed.\nLeft in the dead-letter queue: 1 dead letter:\n       1  the edited body breaks the contract: x: is not a member of the message contract\n',
    );
    expect((await queues.takeUsers()).map(({ body }) => body)).toEqual(['{"userId":"c"}']);
    expect(queues.lettersDepth()).toEqual({ visible: 6, inFlight: 0, delayed: 0 });
  });

  test('replay leaves a letter whose edit is not UTF-8', async () => {
    queues = await startLetterQueues();
    await queues.putLetters([{ body: '{"userId":"caf\u00e9"}' }]);
    const result = await run('replay', '--edit', 'iconv -f UTF-8 -t LATIN1', '--yes');
    expect(result).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('1  what the command wrote is not UTF-8'),
    });
    expect(await queues.allBodies()).toEqual({ users: [], letters: ['{"userId":"caf\u00e9"}'] });
  });

  test('replay of an empty queue is done at once', async () => {
    queues = await startLetterQueues();
    expect(await run('replay')).toMatchObject({ code: 0, stdout: '0 dead letters replayed.\n' });
  });

  test.each([
    ['after its first letters', 1, undefined],
    ['amid its letters', 90, undefined],
    ['between receiving and sending', 20, 'SendMessageBatch'],
    ['between sending and deleting', 20, 'DeleteMessageBatch'],
  ])('replay that is killed %s repeats some at most, and loses none', async (_, count, action) => {
    queues = await startLetterQueues();
    const all = new Set(letters(150).map(({ body }) => body));
    await queues.putLetters(letters(150));
    const replay = startCli(args('replay', '--yes', '--rate', '100'));
    await until(() => queues.usersDepth().visible >= count);
    if (action) {
      // It comes so far, and no farther: the client repeats the call for a while.
      queues.sqs.setFaults([{ action, refused: 1 }], 1);
      await until(() => queues.sqs.faultCounts().refused > 0);
    }
    replay.process.kill('SIGKILL');
    await replay.ended;
    queues.sqs.setFaults([], 1);

    const { users, letters: left } = await queues.allBodies();
    expect(users.length).toBeLessThan(150);
    expect(new Set([...users, ...left])).toEqual(all);
    // What is in both queues was sent and not deleted: what each of four receivers had in hand, at most.
    expect(users.length + left.length).toBeLessThanOrEqual(150 + 4 * 10);

    // What the dead process held comes back by itself within two minutes.
    const again = JSON.parse((await run('replay', '--yes', '--rate', '10000', '--json')).stdout);
    expect(again.replayed + again.hiddenByOthers).toBe(left.length);
    const afterwards = await queues.allBodies();
    expect(new Set([...afterwards.users, ...afterwards.letters])).toEqual(all);
    expect(afterwards.users).toHaveLength(users.length + again.replayed);
    expect(afterwards.letters).toHaveLength(again.hiddenByOthers);
  });

  test('replay that is interrupted gives back what it holds, and says how far it came', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(300));
    const replay = startCli(args('replay', '--yes', '--rate', '50', '--json'));
    await until(() => queues.usersDepth().visible >= 20);
    replay.process.kill('SIGINT');
    expect(await replay.ended).toBe(130);
    const { replayed, interrupted } = JSON.parse(replay.stdout());
    expect(interrupted).toBe(true);
    expect(queues.usersDepth().visible).toBe(replayed);
    expect(queues.lettersDepth()).toEqual({ visible: 300 - replayed, inFlight: 0, delayed: 0 });
  });

  test.each(['list', 'export'])(
    '%s that is interrupted hides nothing any longer, and leaves no file',
    async (command) => {
      queues = await startLetterQueues();
      await queues.putLetters(letters(200));
      const look = startCli(args(command, ...(command === 'export' ? [at('some.jsonl')] : [])));
      await until(() => queues.lettersDepth().inFlight > 0);
      look.process.kill('SIGTERM');
      expect(await look.ended).toBe(143);
      expect(queues.lettersDepth()).toEqual({ visible: 200, inFlight: 0, delayed: 0 });
      expect(existsSync(at('some.jsonl')) || existsSync(at('some.jsonl.partial'))).toBe(false);
    },
  );
});

/** Erasing a user, as an operator types it: real queues, a real table, the deployed bundle. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { announceWorld } from '../../../local/announce-world.ts';
import type { World } from '../../../local/world.ts';
import { type Assembly, send, synthesizeOnce, untilEmpty } from '../../support/world.ts';
import { type LetterQueues, startLetterQueues } from '../support/letter-queues.ts';
import { runCli } from '../support/run-cli.ts';

jest.setTimeout(180_000);

describe('dlq purge --user-id', () => {
  let queues: LetterQueues;
  afterEach(() => queues.stop());
  const purge = (...args: readonly string[]) => runCli(['dlq', 'purge', ...args, '--world', queues.worldFile]);

  const OTHER = '{"userId":"other"}';
  const UNCLEAR = '{"user_id":"a"}';
  const PACKED = '{"users":[{"userId":"a"},{"userId":"other","version":12345678901234567890},{"userId":"b"}]}';

  test('deletes what is theirs, takes them out of what others share, and names what cannot be read', async () => {
    queues = await startLetterQueues();
    await queues.putLetters([
      { body: '{"userId":"a"}' },
      { body: '{"userId":"b","x":1}' },
      { body: OTHER },
      { body: UNCLEAR },
      { body: PACKED },
    ]);
    const dry = await purge('--user-id', 'a', '--user-id', 'b', '--dry-run', '--json');
    expect(JSON.parse(dry.stdout)).toMatchObject({ dryRun: true, deleted: 3, replaced: 1, shared: [] });
    expect((await queues.allBodies()).letters).toHaveLength(5);

    const { code, stdout } = await purge('--user-id', 'a', '--user-id', 'b', '--yes');
    expect(code).toBe(3);
    expect(stdout).toMatch(/^3 dead letters deleted\.\nOf them, 1 dead letter held other users, too/);
    expect(stdout).toMatch(
      /1 dead letter cannot be read as users, and name one of these: they stay\.\n {2}[\w-]{36}\n/,
    );
    const left = (await queues.allBodies()).letters;
    expect(left.toSorted()).toEqual(
      [OTHER, UNCLEAR, '{"users":[{"userId":"other","version":12345678901234567890}]}'].toSorted(),
    );

    expect(await purge('--user-id', 'a', '--mentioned', '--yes')).toMatchObject({ code: 0 });
    expect((await queues.allBodies()).letters).toHaveLength(2);
    expect(await purge('--user-id', 'a', '--yes')).toMatchObject({ code: 0, stdout: '0 dead letters deleted.\n' });
  });

  test('keeps reason and attributes of what it sends anew', async () => {
    queues = await startLetterQueues();
    await queues.putLetters([{ body: PACKED, errorCode: 'AccessDeniedException', attributes: { Tenant: 'x' } }]);
    expect(await purge('--user-id', 'a', '--yes')).toMatchObject({ code: 0 });
    const [letter] = await queues.takeLetters();
    expect(letter!.attributes).toMatchObject({ ErrorCode: 'AccessDeniedException', Tenant: 'x', Origin: 'test' });
  });

  test('takes the file that CreateDataDeletionJob takes', async () => {
    queues = await startLetterQueues();
    await queues.putLetters([{ body: '{"userId":"a,b"}' }, { body: OTHER }]);
    const file = join(queues.directory, 'erased.csv');
    writeFileSync(file, 'USER_ID\n"a,b"\n');
    expect(await purge('--user-ids', file, '--yes')).toMatchObject({ code: 0, stdout: '1 dead letter deleted.\n' });
    expect((await queues.allBodies()).letters).toEqual([OTHER]);
  });

  test('on a FIFO queue leaves what others share, since it would change places with what is behind it', async () => {
    queues = await startLetterQueues({ fifo: true });
    await queues.putLetters([{ body: PACKED }, { body: '{"userId":"a"}', messageGroupId: 'a' }]);
    const { code, stdout } = await purge('--user-id', 'a', '--yes', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ deleted: 1, replaced: 0, shared: [expect.any(String)] });
    expect((await queues.allBodies()).letters).toEqual([PACKED]);
  });

  test.each<[readonly string[], number, string]>([
    [[], 2, 'dlq purge needs --exported FILE, or --user-id ID'],
    [['--user-id', 'a', '--exported', 'x'], 2, 'Give --exported, or users, and not both.'],
    [['--exported', 'x', '--mentioned'], 2, '--mentioned is for'],
    [['--user-id', ''], 2, 'It takes 1 to 256 characters.'],
    [['--user-id', 'a'], 4, 'Delete for good the dead letters of 1 user'],
  ])('%j is refused, and nothing is deleted', async (args, code, sentence) => {
    queues = await startLetterQueues();
    await queues.putLetters([{ body: '{"userId":"a"}' }]);
    expect(await purge(...args)).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(sentence) });
    expect(queues.lettersDepth().visible).toBe(1);
  });
});

describe('erase', () => {
  let assembly: Assembly;
  let world: World;
  let folder: string;
  let withdraw: () => Promise<void>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'personalize-users-'));
    assembly = await synthesizeOnce({ orderGuard: 'true' });
    world = await assembly.start();
    withdraw = await announceWorld(world, join(folder, 'world.json'));
  });
  afterAll(async () => {
    await withdraw?.();
    await world?.stop();
    assembly?.remove();
    rmSync(folder, { recursive: true });
  });
  const erase = (...args: readonly string[]) => runCli(['erase', ...args, '--world', join(folder, 'world.json')]);

  test('an older record that comes later is superseded, and a later one brings the user back', async () => {
    const sentAt = new Date().toISOString();
    await send(world, [{ userId: 'a', properties: { age: 1 } }]);
    await untilEmpty(world);
    const erased = await erase('--user-id', 'a', '--user-id', 'b', '--yes', '--json');
    expect(JSON.parse(erased.stdout)).toEqual({ erased: 2, newer: 0, beingUpdated: 0 });
    expect(erased.code).toBe(0);

    const later = new Date(Date.now() + 60_000).toISOString();
    await send(world, [
      { userId: 'a', properties: { age: 2 }, version: sentAt },
      { userId: 'b', properties: { age: 2 }, version: sentAt },
    ]);
    await untilEmpty(world);
    expect(world.users.get('a')).toEqual({ userId: 'a', properties: { age: 1 } });
    expect(world.users.has('b')).toBe(false);
    await send(world, [{ userId: 'b', properties: { age: 3 }, version: later }]);
    await untilEmpty(world);
    expect(world.users.get('b')).toEqual({ userId: 'b', properties: { age: 3 } });
    expect(world.state().deadLetters).toBe(0);

    const back = await erase('--user-id', 'b', '--yes');
    expect(back).toMatchObject({ code: 3, stdout: expect.stringContaining('a record with a later version') });
  });

  test('asks before, and needs users', async () => {
    expect(await erase('--user-id', 'a')).toMatchObject({ code: 4, stdout: '' });
    expect(await erase('--yes')).toMatchObject({ code: 2, stderr: expect.stringContaining('erase needs --user-id') });
    const wrong = await erase('--user-id', 'a', '--before', 'now', '--yes');
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('It takes a whole number, or a time') });
  });

  test('a deployment without an order guard is told what to do instead', async () => {
    const file = join(folder, 'without.json');
    const { settings, ...others } = JSON.parse(readFileSync(join(folder, 'world.json'), 'utf8'));
    writeFileSync(file, JSON.stringify({ ...others, settings: { ...settings, orderTable: undefined } }));
    const { code, stderr } = await runCli(['erase', '--user-id', 'a', '--yes', '--world', file]);
    expect(code).toBe(1);
    expect(stderr).toContain('has no order guard');
    expect(stderr).toContain('docs/erasing-users.md');
  });
});

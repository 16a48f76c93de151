import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { readWorldFile } from '../../../contract/deployment/world-file.ts';

const WORLD = {
  pid: process.pid,
  endpoints: {
    region: 'eu-west-1',
    sqs: 'http://127.0.0.1:4566',
    putUsers: 'http://127.0.0.1:4567',
    queueUrl: 'http://127.0.0.1:4566/000000000000/users',
    deadLetterQueueUrl: 'http://127.0.0.1:4566/000000000000/letters',
    datasetArn: 'arn:aws:personalize:eu-west-1:000000000000:dataset/local/USERS',
  },
  queueArn: 'arn:aws:sqs:eu-west-1:000000000000:users',
  deadLetterQueueArn: 'arn:aws:sqs:eu-west-1:000000000000:letters',
  settings: {},
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

function readText(text: string) {
  const file = join(directory, 'world.json');
  writeFileSync(file, text);
  return readWorldFile(file);
}
const readJson = (value: unknown) => readText(JSON.stringify(value));

describe('the file of an embedded world', () => {
  test('is read as it was written', async () => {
    expect(await readJson(WORLD)).toEqual({ kind: 'world', world: WORLD });
  });

  test('that is not there is not the same as one that cannot be read', async () => {
    expect(await readWorldFile(join(directory, 'none.json'))).toEqual({ kind: 'missing' });
    mkdirSync(join(directory, 'folder'));
    expect(await readWorldFile(join(directory, 'folder'))).toMatchObject({
      kind: 'unreadable',
      error: { code: 'EISDIR' },
    });
  });

  test.each(['', '{"pid": 1', '[]', 'null', '7', '"world"'])('is broken as %j', async (text) => {
    expect(await readText(text)).toEqual({ kind: 'broken' });
  });

  test('of a process that has ended is of no use, even if another version wrote it', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    expect(await readJson({ ...WORLD, pid })).toEqual({ kind: 'ended', pid });
    expect(await readJson({ pid })).toEqual({ kind: 'ended', pid });
  });

  test("of somebody else's process is of one that runs", async () => {
    const denied = Object.assign(new Error('not permitted'), { code: 'EPERM' });
    const kill = jest.spyOn(process, 'kill').mockImplementation(() => {
      throw denied;
    });
    expect(await readJson(WORLD)).toMatchObject({ kind: 'world' });
    expect(kill).toHaveBeenCalledWith(process.pid, 0);
  });

  test.each([0, -1, 1.5, '1', null, undefined])(
    'with the process %p asks for no process at all, since 0 and less are groups of them',
    async (pid) => {
      const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
      expect(await readJson({ ...WORLD, pid })).toEqual({ kind: 'otherVersion' });
      expect(kill).not.toHaveBeenCalled();
    },
  );

  const OTHER = [undefined, '', [], 7];
  test.each([
    ...['endpoints', 'queueArn', 'deadLetterQueueArn'].map((name) => ({
      name,
      worlds: OTHER.map((other) => ({ ...WORLD, [name]: other })),
    })),
    ...['region', 'sqs', 'putUsers', 'queueUrl', 'deadLetterQueueUrl'].map((name) => ({
      name,
      worlds: OTHER.map((other) => ({ ...WORLD, endpoints: { ...WORLD.endpoints, [name]: other } })),
    })),
    { name: 'a URL', worlds: [{ ...WORLD, endpoints: { ...WORLD.endpoints, sqs: 'somewhere' } }] },
  ])('of another version lacks $name', async ({ worlds }) => {
    for (const world of worlds) expect(await readJson(world)).toEqual({ kind: 'otherVersion' });
  });
});

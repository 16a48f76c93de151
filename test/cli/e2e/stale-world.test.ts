/** What `--local` says when the file of an embedded world is no help. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { startLocalSqs } from '../../../local/sqs/local-sqs.ts';
import { type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';
import { type LetterQueues, startLetterQueues } from '../support/letter-queues.ts';
import { runCli } from '../support/run-cli.ts';

jest.setTimeout(60_000);

let queues: LetterQueues;
beforeEach(async () => {
  queues = await startLetterQueues();
});
afterEach(() => queues.stop());

// biome-ignore lint/suspicious/noExplicitAny: it is changed at will
const world = (): any => JSON.parse(readFileSync(queues.worldFile, 'utf8'));

async function sentenceOf(file = queues.worldFile): Promise<string> {
  const { code, stdout, stderr } = await runCli(['dlq', 'list', '--world', file]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).not.toMatch(/defect|^\s+at /m);
  return stderr;
}

describe('a file', () => {
  test.each([
    ['', 'was cut off'],
    ['{"pid": 12, "endpoi', 'was cut off'],
    ['[]', 'no JSON object'],
    ['null', 'no JSON object'],
    ['"world"', 'no JSON object'],
    ['{}', 'was written by another version'],
    ['{"pid": 0, "endpoints": {}}', 'was written by another version'],
    ['{"pid": -1, "endpoints": null}', 'was written by another version'],
    ['{"pid": "1"}', 'was written by another version'],
  ])('that holds %j', async (content, sentence) => {
    writeFileSync(queues.worldFile, content);
    const said = await sentenceOf();
    expect(said).toContain(`error: ${queues.worldFile} `);
    expect(said).toContain(sentence);
    expect(said).toContain('tart the embedded world again');
  });

  test.each(['pid', 'endpoints', 'queueArn', 'deadLetterQueueArn', 'settings'])('without %s', async (member) => {
    const { [member]: _, ...rest } = world();
    writeFileSync(queues.worldFile, JSON.stringify(rest));
    expect(await sentenceOf()).toContain('was written by another version');
  });

  test('whose endpoint is no URL', async () => {
    const { endpoints, ...rest } = world();
    writeFileSync(queues.worldFile, JSON.stringify({ ...rest, endpoints: { ...endpoints, sqs: 'there' } }));
    expect(await sentenceOf()).toContain('was written by another version');
  });

  test('that is a folder', async () => {
    const folder = join(queues.directory, 'folder');
    mkdirSync(folder);
    expect(await sentenceOf(folder)).toContain(`error: ${folder} cannot be read: it is a folder.`);
  });
});

describe('a world that is there no longer, whose process id is somebody else now', () => {
  let server: ScriptedServer | undefined;
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  function moveTo(endpoint: string): string {
    const old = world();
    const { pathname } = new URL(old.endpoints.queueUrl);
    const endpoints = { ...old.endpoints, sqs: endpoint, queueUrl: `${endpoint}${pathname}` };
    // The process of this test is there.
    writeFileSync(queues.worldFile, JSON.stringify({ ...old, pid: process.pid, endpoints }));
    return `error: The embedded world of ${queues.worldFile} does not answer at ${endpoint}: `;
  }

  test('and nobody listens', async () => {
    const sentence = moveTo('http://127.0.0.1:9');
    expect(await sentenceOf()).toContain(sentence);
  });

  test.each<[string, (response: import('node:http').ServerResponse) => void]>([
    ['another program answers', (response) => response.end('<html>hello</html>')],
    ['another program answers with an error', (response) => response.writeHead(404).end('not here')],
    ['another program hangs up', (response) => response.destroy()],
    ['another program never answers', () => {}],
  ])('and %s', async (_, answer) => {
    server = await startScriptedServer((__, response) => answer(response));
    const sentence = moveTo(server.endpoint);
    expect(await sentenceOf()).toContain(sentence);
  });

  test('and another embedded world has its port', async () => {
    const other = await startLocalSqs({ region: 'eu-west-1' });
    moveTo(other.endpoint);
    expect(await sentenceOf()).toMatch(/error: The queue \S+\/letters does not exist\./);
    await other.stop();
  });
});

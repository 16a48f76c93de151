import { afterEach, describe, expect, test } from '@jest/globals';
import { getJson } from '../../../aws/connections/get-json.ts';
import { type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';

describe('JSON from a local service', () => {
  let server: ScriptedServer;
  afterEach(() => server.stop());

  async function startServer(status: number, body?: string): Promise<URL> {
    server = await startScriptedServer((_, response) => {
      response.statusCode = status;
      // Without a body there is no answer at all.
      if (body !== undefined) response.end(body);
    });
    return new URL('/what', server.endpoint);
  }

  test('is parsed', async () => {
    expect(await getJson(await startServer(200, '{"users":3}'))).toEqual({ users: 3 });
  });

  test('is none when the service does not succeed, whatever it sends', async () => {
    const url = await startServer(404, '{"users":3}');
    await expect(getJson(url)).rejects.toThrow(`${url} answered with status 404`);
  });

  test('is none when it is something else', async () => {
    await expect(getJson(await startServer(200, '<html>'))).rejects.toThrow('is not valid JSON');
  });

  test('is waited for no longer than somebody wants it', async () => {
    const waiting = new AbortController();
    const answer = getJson(await startServer(200), waiting.signal);
    waiting.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('is none when nobody listens', async () => {
    const url = await startServer(200, '{}');
    await server.stop();
    await expect(getJson(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    server = { ...server, stop: async () => {} };
  });
});

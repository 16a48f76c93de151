/** The embedded world takes nothing from the AWS and proxy settings of whoever runs it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';
import { type LetterQueues, letters, startLetterQueues } from '../support/letter-queues.ts';
import { runCli } from '../support/run-cli.ts';

jest.setTimeout(60_000);

/** Nothing listens there. */
const NOBODY = 'http://127.0.0.1:9';

let directory: string;
let queues: LetterQueues;
let putUsers: ScriptedServer;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
  writeFileSync(join(directory, 'broken'), '[[[\n[default\nregion\n[profile x]\nuse_fips_endpoint = perhaps\n');
  writeFileSync(
    join(directory, 'full'),
    `[default]\nregion = mars\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\nendpoint_url = ${NOBODY}\nmax_attempts = many\nretry_mode = never\ndefaults_mode = odd\n`,
  );
});
afterAll(() => rmSync(directory, { recursive: true }));
beforeEach(async () => {
  putUsers = await startScriptedServer((_, response) => response.end('{"usersStored":7}'));
  queues = await startLetterQueues({ putUsersEndpoint: putUsers.endpoint });
});
afterEach(async () => {
  await queues.stop();
  await putUsers.stop();
});

test.each<Record<string, string>>([
  { AWS_USE_FIPS_ENDPOINT: 'true' },
  { AWS_USE_DUALSTACK_ENDPOINT: 'true' },
  { AWS_USE_FIPS_ENDPOINT: 'perhaps', AWS_USE_DUALSTACK_ENDPOINT: 'perhaps' },
  { AWS_ENDPOINT_URL: NOBODY, AWS_ENDPOINT_URL_SQS: NOBODY },
  { AWS_CONFIG_FILE: 'broken', AWS_SHARED_CREDENTIALS_FILE: 'broken', AWS_PROFILE: 'nobody', AWS_SDK_LOAD_CONFIG: '1' },
  { AWS_CONFIG_FILE: 'full', AWS_SDK_LOAD_CONFIG: '1' },
  { AWS_MAX_ATTEMPTS: 'many' },
  { AWS_RETRY_MODE: 'never' },
  { AWS_DEFAULTS_MODE: 'odd' },
  { AWS_REGION: '', AWS_DEFAULT_REGION: 'mars', AWS_CA_BUNDLE: '/nowhere' },
  { AWS_AUTH_SCHEME_PREFERENCE: 'sigv4a', AWS_SIGV4A_SIGNING_REGION_SET: '*', AWS_SDK_UA_APP_ID: 'x'.repeat(99) },
  { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: NOBODY, HTTPS_PROXY: NOBODY },
  { NODE_OPTIONS: '--use-env-proxy', http_proxy: NOBODY, https_proxy: NOBODY, all_proxy: NOBODY },
])('%j', async (env) => {
  await queues.putLetters(letters(2));
  const files = Object.entries(env).map(([name, value]) => [
    name,
    value.replace(/^(broken|full)$/, join(directory, value)),
  ]);
  const { code, stdout, stderr } = await runCli(
    ['status', '--json', '--world', queues.worldFile],
    Object.fromEntries(files),
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ deliveredPerSecond: 0, deadLetters: { total: 2 } });
});

/** The bundle that is deployed: built as `cdk deploy` builds it, and run by the Node that runs the tests. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runApp } from '../bin/run-app.ts';
import { DATASET_ARN } from './support.ts';

/** Outside of the project, where no node_modules is found. */
const outdir = mkdtempSync(join(tmpdir(), 'personalize-users-bundle-'));
let bundle: string;

beforeAll(async () => {
  bundle = join(outdir, await assetOf(outdir));
}, 120_000);

/** Synthesizes the stack, and names the function's asset. */
async function assetOf(directory: string): Promise<string> {
  const { status, stderr } = await runApp({ datasetArn: DATASET_ARN }, directory);
  if (status !== 0) throw new Error(stderr);
  return readdirSync(directory).find((name) => name.startsWith('asset.'))!;
}

afterAll(() => rmSync(outdir, { recursive: true }));

describe('the bundle', () => {
  test('is one ES module and its source map', () => {
    expect(readdirSync(bundle).sort()).toEqual(['index.mjs', 'index.mjs.map']);
  });

  test('is the same asset wherever it is put together', async () => {
    expect(await assetOf(join(outdir, 'deeper', 'down'))).toBe(basename(bundle));
  }, 120_000);

  test('is minified, and without the parts of the SDK that nobody calls', () => {
    expect(readFileSync(join(bundle, 'index.mjs')).length).toBeLessThan(320_000);
  });

  test("holds one way to find credentials, and loads Node's HTTP client only for what is not HTTPS", () => {
    const code = readFileSync(join(bundle, 'index.mjs'), 'utf8');
    expect(code).toContain('AWS_ACCESS_KEY_ID');
    expect(code).not.toContain('AWS_WEB_IDENTITY_TOKEN_FILE');
    expect(code).not.toMatch(/from\s*"node:http"/);
  });

  test('needs nothing beside it', () => {
    const { status, stdout, stderr } = importBundle(usableEnvironment());
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'handler: function\n', stderr: '' });
  });

  test('refuses to start without its settings, and says where in the source', () => {
    const { status, stderr } = importBundle({});
    expect(status).toBe(1);
    expect(stderr).toContain('DATASET_ARN is not set');
    expect(stderr).toMatch(/at .*lambda\/config\.ts:\d+:\d+/);
  });
});

/** Imports the bundle as Lambda does, and tells what it exports. */
function importBundle(env: Record<string, string>) {
  const program = `for (const [name, value] of Object.entries(await import('./index.mjs'))) console.log(name + ':', typeof value)`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: bundle,
    env: { AWS_REGION: 'eu-west-1', NODE_OPTIONS: '--enable-source-maps', ...env },
    encoding: 'utf8',
  });
}

/** The function's variables in the template, with a URL wherever it refers to a queue. */
function usableEnvironment(): Record<string, string> {
  const template = JSON.parse(readFileSync(join(outdir, 'PersonalizeUsers.template.json'), 'utf8'), (_, value) =>
    value?.Ref ? 'https://sqs.eu-west-1.amazonaws.com/123456789012/users' : value,
  );
  const resources: { Type: string; Properties: { Environment: { Variables: Record<string, string> } } }[] =
    Object.values(template.Resources);
  return resources.find(({ Type }) => Type === 'AWS::Lambda::Function')!.Properties.Environment.Variables;
}

/** The bundle that is deployed: built as `cdk deploy` builds it, and run by the Node that runs the tests. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { readUsersSchema } from '../../contract/dataset/read-users-schema.ts';
import { writeUsersSchema } from '../../contract/dataset/write-users-schema.ts';
import { UserIngestion } from '../../lib/user-ingestion.ts';
import { runApp } from '../bin/run-app.ts';
import { DATASET_ARN } from './support.ts';

/** Outside of the project, where no node_modules is found. */
const outdir = mkdtempSync(join(tmpdir(), 'personalize-users-bundle-'));
let bundle: string;

beforeAll(async () => {
  bundle = join(outdir, await assetOf(outdir));
}, 120_000);

/** Synthesizes the stack, and names the function's asset. */
async function assetOf(directory: string, settings: Record<string, string> = {}): Promise<string> {
  const { status, stderr } = await runApp({ datasetArn: DATASET_ARN, ...settings }, directory);
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

describe("with the dataset's schema", () => {
  const SAMPLE = 'samples/users-schema.avsc';
  let assembly: string;
  let asset: string;
  beforeAll(async () => {
    assembly = join(outdir, 'with-schema');
    asset = await assetOf(assembly, { schemaFile: SAMPLE });
  }, 120_000);

  test('the asset has the schema beside the same module, and is another', () => {
    const directory = join(assembly, asset);
    expect(readdirSync(directory).sort()).toEqual(['index.mjs', 'index.mjs.map', 'users-schema.json']);
    expect(readFileSync(join(directory, 'index.mjs'))).toEqual(readFileSync(join(bundle, 'index.mjs')));
    const schema = readFileSync(join(directory, 'users-schema.json'), 'utf8');
    expect(schema).toBe(writeUsersSchema(readUsersSchema(readFileSync(SAMPLE))));
    expect(asset).not.toBe(basename(bundle));
  });

  test('the module reads it from there, wherever it runs, and does not start without it', () => {
    const directory = join(assembly, asset);
    const env = usableEnvironment(assembly);
    expect(importBundle(env, directory)).toMatchObject({ status: 0, stdout: 'handler: function\n', stderr: '' });
    expect(importBundle(env, outdir, join(directory, 'index.mjs'))).toMatchObject({ status: 0, stderr: '' });
    const { status, stderr } = importBundle(env, bundle);
    expect(status).toBe(1);
    expect(stderr).toContain('USERS_SCHEMA_FILE is "users-schema.json", but there is no schema: ENOENT');
  });

  test('the asset goes by what the schema says, and not by its file', () => {
    const files = {
      [SAMPLE]: readFileSync(SAMPLE, 'utf8'),
      'elsewhere.json': JSON.stringify({ schema: { schema: readFileSync(SAMPLE, 'utf8') } }, null, '\t'),
      'other-check.avsc': readFileSync(SAMPLE, 'utf8'),
      'other-type.avsc': readFileSync(SAMPLE, 'utf8').replace('"long"', '"int"'),
    };
    // The CDK says there that it bundles.
    const notices = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const app = new App({ outdir: join(outdir, 'several'), context: recommendedFlags });
    const stack = new Stack(app, 'Several');
    const assets = Object.entries(files).map(([name, text]) => {
      const schemaFile = join(outdir, basename(name));
      writeFileSync(schemaFile, text);
      const schemaCheck = name.startsWith('other-check') ? 'all' : 'certain';
      const { function: fn } = new UserIngestion(stack, name, { datasetArn: DATASET_ARN, schemaFile, schemaCheck });
      const { s3Key } = stack.resolve((fn.node.defaultChild as CfnFunction).code);
      return `asset.${s3Key.replace('.zip', '')}`;
    });
    new UserIngestion(stack, 'WithoutSchema', { datasetArn: DATASET_ARN });
    app.synth();
    notices.mockRestore();
    const [sample, elsewhere, otherCheck, otherType] = assets;
    expect([sample, elsewhere, otherCheck]).toEqual([asset, asset, asset]);
    expect(otherType).not.toBe(sample);
    const found = readdirSync(app.outdir).filter((name) => name.startsWith('asset.'));
    expect(new Set(found)).toEqual(new Set([asset, basename(bundle), otherType]));
  }, 120_000);
});

/** Imports the bundle as Lambda does, and tells what it exports. */
function importBundle(env: Record<string, string>, cwd = bundle, module = './index.mjs') {
  const program = `for (const [name, value] of Object.entries(await import('${module}'))) console.log(name + ':', typeof value)`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd,
    env: { AWS_REGION: 'eu-west-1', NODE_OPTIONS: '--enable-source-maps', ...env },
    encoding: 'utf8',
  });
}

/** The function's variables in the template, with a URL wherever it refers to a queue. */
function usableEnvironment(assembly = outdir): Record<string, string> {
  const template = JSON.parse(readFileSync(join(assembly, 'PersonalizeUsers.template.json'), 'utf8'), (_, value) =>
    value?.Ref ? 'https://sqs.eu-west-1.amazonaws.com/123456789012/users' : value,
  );
  const resources: { Type: string; Properties: { Environment: { Variables: Record<string, string> } } }[] =
    Object.values(template.Resources);
  return resources.find(({ Type }) => Type === 'AWS::Lambda::Function')!.Properties.Environment.Variables;
}

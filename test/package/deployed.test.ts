/** From an empty folder to users in the dataset: the app that `init` writes, deployed, and sent to. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readUsersSchema } from '../../contract/dataset/read-users-schema.ts';
import { writeUsersSchema } from '../../contract/dataset/write-users-schema.ts';
import { announceWorld } from '../../local/announce-world.ts';
import { LOCAL_DATASET_ARN, startWorld, type World } from '../../local/world.ts';
import { DATASET_ARN, ENVIRONMENT } from '../deploy/account.ts';
import { untilEmpty } from '../support/world.ts';
import { codeAssetsIn, type Folder, makeFolder, PACKAGE } from './folder.ts';
import { ownProgram, PROJECT } from './tarball.ts';

jest.setTimeout(600_000);

/** Whoever has the command line, before there is an app: `npx` would install it somewhere. */
let elsewhere: Folder;
let app: Folder;

const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
const commandLine = (folder: Folder) => join(folder.path, 'node_modules/.bin/personalize-users');

/** The CDK's command line, which the app installs as well; that of this project is the same, and there already. */
function cdk(...args: string[]) {
  return app.run(ownProgram('cdk'), args, { ...ENVIRONMENT, CI: 'true', CDK_DISABLE_VERSION_CHECK: 'true' });
}

beforeAll(async () => {
  elsewhere = makeFolder();
  elsewhere.write('package.json', '{}');
  await elsewhere.install(PACKAGE);
  app = makeFolder('users');
});
afterAll(() => {
  elsewhere.remove();
  app.remove();
});

describe('npx personalize-users init', () => {
  test('writes an app into an empty folder, with the version that it is itself', async () => {
    const { code, stderr } = await app.run(commandLine(elsewhere), ['init', '--dataset-arn', DATASET_ARN]);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('npm install && npx cdk synth'),
    });
    const files = ['.gitignore', 'README.md', 'app.ts', 'cdk.json', 'package.json', 'users-schema.avsc'];
    expect(readdirSync(app.path).sort()).toEqual(files);
    const { dependencies } = JSON.parse(readFileSync(join(app.path, 'package.json'), 'utf8'));
    expect(dependencies['personalize-users']).toBe(version);
  });

  test('refuses a folder with something in it', async () => {
    const { code, stderr } = await app.run(commandLine(elsewhere), ['init']);
    expect(code).toBe(2);
    expect(stderr).toContain(`${app.path} is not empty: it has .gitignore and 5 more.`);
  });

  test('has the app synthesize at once, with the schema beside the code', async () => {
    // From the tarball, since the registry does not have this version yet; without the CDK's command line, which is here.
    await app.install('--omit=dev', PACKAGE);
    const { code, stderr } = await cdk('synth', '--quiet');
    if (code !== 0) throw new Error(stderr);
    const [asset, ...others] = codeAssetsIn(join(app.path, 'cdk.out'));
    expect(others).toEqual([]);
    expect(readdirSync(join(app.path, 'cdk.out', asset!)).sort()).toEqual([
      'index.mjs',
      'index.mjs.map',
      'users-schema.json',
    ]);
    expect(readFileSync(join(app.path, 'cdk.out', asset!, 'users-schema.json'), 'utf8')).toBe(
      writeUsersSchema(readUsersSchema(readFileSync(join(app.path, 'users-schema.avsc')))),
    );
  });
});

/** moto has no outputs for a stack that came as a change set. */
const DEPLOY = ['deploy', '--require-approval', 'never', '--method', 'direct'];

describe('deployed to an account', () => {
  beforeAll(async () => {
    for (const command of [['bootstrap'], DEPLOY]) {
      const { code, stdout, stderr } = await cdk(...command);
      if (code !== 0) throw new Error(`${stdout}${stderr}`);
    }
  });

  test('is found by the installed command line, which sends to it', async () => {
    app.write('users.csv', 'USER_ID,AGE\nuser-1,31\nuser-2,x\n');
    const environment = { ...ENVIRONMENT, AWS_REGION: 'eu-west-1' };
    const sent = await app.run(commandLine(app), ['send', 'users.csv'], environment);
    // The deployment has told it of the schema, by which an age is a number.
    expect(sent).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('Sent 1 user of users.csv'),
      stderr: expect.stringContaining('line 3: properties.age'),
    });
    const status = await app.run(commandLine(app), ['status', '--json'], environment);
    expect(JSON.parse(status.stdout)).toMatchObject({ queue: { waiting: 1 } });
  });
});

describe('in the embedded world', () => {
  let world: World;
  let assembly: string;
  let worldFile: string;
  beforeAll(async () => {
    assembly = mkdtempSync(join(tmpdir(), 'personalize-users-assembly-'));
    app.write('app.ts', readFileSync(join(app.path, 'app.ts'), 'utf8').replace(DATASET_ARN, LOCAL_DATASET_ARN));
    const { code, stderr } = await app.run('node', ['app.ts'], { CDK_OUTDIR: assembly });
    if (code !== 0) throw new Error(stderr);
    world = await startWorld({ assemblyDirectory: assembly });
    worldFile = join(assembly, 'world.json');
    await announceWorld(world, worldFile);
  });
  afterAll(async () => {
    await world.stop();
    rmSync(assembly, { recursive: true });
  });

  test('delivers what the installed command line and the installed producer send', async () => {
    app.write('more.csv', 'USER_ID,AGE\ncsv-1,31\n');
    const sent = await app.run(commandLine(app), ['send', 'more.csv', '--world', worldFile]);
    expect(sent).toMatchObject({ code: 0 });
    const program = (load: string) => `${load}
      void (async () => {
        const producer = new UserProducer({ queueUrl: process.argv[2] });
        await producer.send({ userId: process.argv[3], properties: { age: 31 } });
        await producer.close();
      })();`;
    // In a folder without the CDK.
    elsewhere.write('imports.mjs', program(`import { UserProducer } from 'personalize-users/producer';`));
    elsewhere.write('requires.cjs', program(`const { UserProducer } = require('personalize-users/producer');`));
    for (const file of ['imports.mjs', 'requires.cjs']) {
      const { code, stderr } = await elsewhere.run('node', [file, world.endpoints.queueUrl, file], {
        AWS_ENDPOINT_URL_SQS: world.endpoints.sqs,
      });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
    await untilEmpty(world);
    expect([...world.users.keys()].sort()).toEqual(['csv-1', 'imports.mjs', 'requires.cjs']);
  });
});

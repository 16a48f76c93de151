/** CDK apps of several kinds that have installed the package, each in a fresh folder: what they synthesize, and what it does. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { PEER_DEPENDENCIES } from '../../scripts/package/manifest.ts';
import { runApp } from '../bin/run-app.ts';
import { codeAssetsIn, type Folder, makeFolder, PACKAGE } from './folder.ts';
import { PROJECT } from './tarball.ts';

jest.setTimeout(600_000);

const DATASET_ARN = 'arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/USERS';
const { devDependencies, dependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
const oldest = (name: keyof typeof PEER_DEPENDENCIES) => `${name}@${PEER_DEPENDENCIES[name].slice(1)}`;

/** The oldest that the package says it works with, and the newest that it was developed with, or that the environment names. */
const OLDEST_CDK = [oldest('aws-cdk-lib'), oldest('constructs')];
const NEWEST_CDK = [`aws-cdk-lib@${process.env.CDK_VERSION ?? dependencies['aws-cdk-lib']}`, 'constructs@^10'];

interface App {
  /** What somebody has written. */
  readonly files: Readonly<Record<string, string>>;
  readonly packages: readonly string[];
  /** What the CDK runs, after each other. */
  readonly commands: readonly (readonly [string, ...string[]])[];
}

const STACK = `new PersonalizeUsersStack(app, 'PersonalizeUsers', { datasetArn: '${DATASET_ARN}' });`;

/** As `cdk init app --language typescript` writes it today: CommonJS, checked by tsc, run by tsx. */
const OF_CDK_INIT: App = {
  packages: [
    ...NEWEST_CDK,
    'tsx@4.23.15',
    `typescript@${devDependencies.typescript}`,
    `@types/node@${devDependencies['@types/node']}`,
  ],
  commands: [
    ['npx', 'tsc'],
    ['npx', 'tsx', 'bin/shop.ts'],
  ],
  files: {
    'package.json': '{"name": "shop", "version": "0.1.0"}',
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        target: 'ES2022',
        module: 'NodeNext',
        moduleResolution: 'NodeNext',
        lib: ['es2022'],
        declaration: true,
        strict: true,
        noImplicitReturns: true,
        inlineSourceMap: true,
        inlineSources: true,
        skipLibCheck: true,
        noEmit: true,
        isolatedModules: true,
        types: ['node'],
      },
      exclude: ['node_modules', 'cdk.out'],
    }),
    'bin/shop.ts': `import * as cdk from 'aws-cdk-lib/core';
      import { ShopStack } from '../lib/shop-stack';
      const app = new cdk.App();
      new ShopStack(app, 'ShopStack', {});`,
    'lib/shop-stack.ts': `import * as cdk from 'aws-cdk-lib/core';
      import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
      import type { Construct } from 'constructs';
      import { UserIngestion, UserIngestionMonitoring, type UserIngestionProps } from 'personalize-users';
      export class ShopStack extends cdk.Stack {
        constructor(scope: Construct, id: string, props?: cdk.StackProps) {
          super(scope, id, props);
          const settings: UserIngestionProps = {
            datasetArn: this.formatArn({ service: 'personalize', resource: 'dataset', resourceName: 'shop/USERS' }),
          };
          const ingestion = new UserIngestion(this, 'Users', settings);
          ingestion.grantSend(new Role(this, 'Producer', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }));
          ingestion.addOutputs();
          new UserIngestionMonitoring(this, 'Monitoring', { ingestion });
          // @ts-expect-error a size is a number
          const wrong: UserIngestionProps = { datasetArn: '', batchSize: '10' };
        }
      }`,
  },
};

/** As it wrote it until 2026: ts-node, and a module resolution that looks at no \`exports\`. On the oldest CDK. */
const OF_CDK_INIT_BEFORE: App = {
  packages: [...OLDEST_CDK, 'ts-node@10.9.2', 'typescript@5.9.3', '@types/node@22'],
  commands: [['npx', 'ts-node', '--prefer-ts-exts', 'bin/shop.ts']],
  files: {
    'package.json': '{"name": "shop", "version": "0.1.0"}',
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        target: 'ES2020',
        module: 'commonjs',
        lib: ['es2020', 'dom'],
        declaration: true,
        strict: true,
        inlineSourceMap: true,
        inlineSources: true,
        typeRoots: ['./node_modules/@types'],
      },
      exclude: ['node_modules', 'cdk.out'],
    }),
    'bin/shop.ts': `import * as cdk from 'aws-cdk-lib';
      import { PersonalizeUsersStack } from 'personalize-users';
      import { UserProducer } from 'personalize-users/producer';
      const app = new cdk.App();
      const stack: cdk.Stack = ${STACK}
      export type Producer = UserProducer<{ age: number }>;`,
  },
};

const IN_JAVASCRIPT: App = {
  packages: NEWEST_CDK,
  commands: [['node', 'app.js']],
  files: {
    'package.json': '{"name": "shop"}',
    'app.js': `const { App } = require('aws-cdk-lib');
      const { PersonalizeUsersStack } = require('personalize-users');
      const app = new App();
      ${STACK}
      import('personalize-users').then((imported) => {
        if (imported.PersonalizeUsersStack !== PersonalizeUsersStack) throw new Error('two of them');
      });`,
  },
};

const KINDS = {
  "CommonJS by tsc and tsx, as of today's cdk init": { app: OF_CDK_INIT, below: 'app' },
  'CommonJS by ts-node, on the oldest CDK': { app: OF_CDK_INIT_BEFORE, below: 'old' },
  'JavaScript that requires': { app: IN_JAVASCRIPT, below: 'much/deeper/down' },
};

describe('an app', () => {
  let ours: string;
  const folders = new Map<string, Folder>();
  beforeAll(async () => {
    ours = await assetOfProject();
    await Promise.all(
      Object.entries(KINDS).map(async ([kind, { app, below }]) => {
        const folder = makeFolder(below);
        folders.set(kind, folder);
        for (const [name, text] of Object.entries(app.files)) folder.write(name, text);
        await folder.install(PACKAGE, ...app.packages);
      }),
    );
  });
  afterAll(() => {
    for (const folder of folders.values()) folder.remove();
  });

  test.each(Object.keys(KINDS) as (keyof typeof KINDS)[])(
    'in %s deploys the code that this project does',
    async (kind) => {
      const folder = folders.get(kind)!;
      // The CDK's flag is the only thing that an app of its command line is told in this way.
      const context = { 'aws:cdk:enable-path-metadata': true };
      for (const [program, ...args] of KINDS[kind].app.commands) {
        const env = { CDK_CONTEXT_JSON: JSON.stringify(context), CDK_OUTDIR: join(folder.path, 'cdk.out') };
        const { code, stdout, stderr } = await folder.run(program, args, env);
        if (code !== 0) throw new Error(`${stdout}${stderr}`);
        expect(stderr).not.toMatch(/bundling|docker|esbuild/i);
      }
      expect(codeAssetsIn(join(folder.path, 'cdk.out'))).toEqual([ours]);
    },
  );
});

/** The asset's name with the hash, of the function that is bundled from source. */
async function assetOfProject(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'personalize-users-own-'));
  try {
    const { status, stderr } = await runApp({ datasetArn: DATASET_ARN }, directory);
    if (status !== 0) throw new Error(stderr);
    return codeAssetsIn(directory)[0]!;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

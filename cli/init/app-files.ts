/** The files of an app that deploys the pipeline: the least that `cdk deploy` works with. Pure. */

/** What the files depend on. */
export interface AppOptions {
  /** What the app is called: a name that npm takes. */
  readonly name: string;
  readonly datasetArn: string;
  /** The dataset's schema, in Avro. */
  readonly schema: string;
  /** The versions that the app starts with. */
  readonly versions: {
    readonly ours: string;
    readonly cdk: string;
    readonly cdkCli: string;
    readonly constructs: string;
  };
}

/** By their names. */
export function appFiles(options: AppOptions): Readonly<Record<string, string>> {
  return {
    'package.json': json(manifest(options)),
    'cdk.json': json({ app: 'node app.ts' }),
    'app.ts': app(options),
    'users-schema.avsc': options.schema,
    'README.md': README,
    '.gitignore': 'node_modules/\ncdk.out/\n',
  };
}

/** Ours is pinned: another version of the function is deployed when somebody decides it. */
function manifest({ name, versions }: AppOptions) {
  return {
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    scripts: { synth: 'cdk synth', deploy: 'cdk deploy' },
    dependencies: {
      'aws-cdk-lib': `^${versions.cdk}`,
      constructs: `^${versions.constructs}`,
      'personalize-users': versions.ours,
    },
    devDependencies: { 'aws-cdk': `^${versions.cdkCli}` },
  };
}

function app({ datasetArn }: AppOptions): string {
  return `import { App } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { PersonalizeUsersStack } from 'personalize-users';

const app = new App({ context: recommendedFlags });

new PersonalizeUsersStack(app, 'PersonalizeUsers', {
  // The Users dataset: \`aws personalize list-datasets\` tells its ARN. The stack goes to its account and region.
  datasetArn: '${datasetArn}',
  // The dataset's schema: users that surely do not fit it are rejected before they are called.
  schemaFile: 'users-schema.avsc',
});
`;
}

const README = `# Users for Amazon Personalize

1. Put the ARN of your Users dataset into \`app.ts\`.
2. Fetch its schema: \`npx personalize-users schema --dataset-arn ARN --output users-schema.avsc --force\`
3. Deploy: \`npx cdk deploy\` (once before, in an account that has never seen the CDK: \`npx cdk bootstrap\`)
4. Send users: \`npx personalize-users send users.csv\`
5. See how it is doing: \`npx personalize-users status\`

\`node app.ts\` needs a Node that runs TypeScript: 22.18, 24 or newer.
`;

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

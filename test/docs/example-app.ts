/** A CDK app around examples that are the inside of a stack's constructor. */

/**
 * The module of a stack. It has `ingestion`, as the docs say, and then what the example does.
 *
 * @param example - imports first, as in any module
 */
export function stackModule(example: string): string {
  const lines = example.split('\n');
  const isImport = (line: string) => line.startsWith('import ');
  return `import { type App, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { UserIngestion } from 'personalize-users';
${lines.filter(isImport).join('\n')}

export class ExampleStack extends Stack {
  constructor(app: App, id: string, options: { encrypted: boolean }) {
    super(app, id, { env: { account: '123456789012', region: 'eu-west-1' } });
    const ingestion = new UserIngestion(this, 'Users', {
      datasetArn: 'arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/USERS',
      ...(options.encrypted && { encryptionKey: new Key(this, 'Key') }),
    });
${lines.filter((line) => !isImport(line)).join('\n')}
  }
}
`;
}

/** The app of stacks that are called NAME and, with a key, NAME-encrypted; each from the module `NAME.stack.ts`. */
export function appModule(names: readonly string[]): string {
  return `import { App } from 'aws-cdk-lib';
${names.map((name, index) => `import { ExampleStack as Stack${index} } from './${name}.stack.ts';`).join('\n')}

const app = new App();
${names
  .map(
    (name, index) => `new Stack${index}(app, '${name}', { encrypted: false });
new Stack${index}(app, '${name}-encrypted', { encrypted: true });`,
  )
  .join('\n')}
app.synth();
`;
}

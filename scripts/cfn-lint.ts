/** `npm run lint:cfn`: checks the stack's template with cfn-lint, as it is by default and with everything that changes it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { readCommandLine } from '../contract/input/command-line.ts';

readCommandLine(new Command('npm run lint:cfn --').description("Checks the stack's template with cfn-lint."));

const ROOT = join(import.meta.dirname, '..');
const DATASET_ARN = 'arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/USERS';

const VARIANTS: Readonly<Record<string, Record<string, unknown>>> = {
  Default: {},
  Fifo: { fifo: true },
  Encrypted: { encryption: 'customer-managed', producerOrganizationId: 'o-a1b2c3d4e5' },
  Watched: { tracing: true, alarmEmail: 'on-call@example.com' },
  Unwatched: { monitoring: false },
  Producers: { producerPrincipalArns: 'arn:aws:iam::123456789012:role/one,arn:aws:iam::111122223333:root' },
};

/** A dependency that is there twice (W3005) is the CDK's: it makes every function depend on its role in both ways. */
const OPTIONS = ['--regions', 'eu-west-1', '--ignore-checks', 'W3005'];

const assembly = mkdtempSync(join(tmpdir(), 'personalize-users-cfn-lint-'));
try {
  for (const [stackName, settings] of Object.entries(VARIANTS)) {
    check(stackName, settings);
    console.log(`cfn-lint finds nothing wrong: ${stackName} ${JSON.stringify(settings)}`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(assembly, { recursive: true });
}

function check(stackName: string, settings: Record<string, unknown>): void {
  const context = { datasetArn: DATASET_ARN, stackName, ...settings, 'aws:cdk:bundling-stacks': [] };
  const synth = spawnSync(process.execPath, ['bin/app.ts'], {
    cwd: ROOT,
    env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_OUTDIR: assembly },
    encoding: 'utf8',
  });
  if (synth.status !== 0) throw new Error(`The stack cannot be synthesized:\n${synth.stderr}`);
  lint(join(assembly, `${stackName}.template.json`));
}

/** Any other finding fails, a warning or a hint as well. */
function lint(template: string): void {
  const { error, status, stdout, stderr } = spawnSync('cfn-lint', [...OPTIONS, '--', template], { encoding: 'utf8' });
  if (error || status === 127) {
    throw new Error('cfn-lint is not there to check the template: install it with pip install cfn-lint.');
  }
  if (status !== 0) throw new Error(`cfn-lint has something to say:\n${stdout}${stderr}`);
}

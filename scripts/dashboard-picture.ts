/**
 * Draws docs/images/dashboard.svg from the dashboard that the stack synthesizes: `npm run docs:dashboard`.
 * With `--check` it only says whether the file is up to date.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { PersonalizeUsersStack } from '../lib/personalize-users-stack.ts';
import { type Dashboard, readDashboard } from './dashboard-body.ts';
import { drawDashboard } from './dashboard-svg.ts';

const FILE = join(import.meta.dirname, '../docs/images/dashboard.svg');
const DATASET_ARN = 'arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/USERS';

const picture = drawDashboard(shortNames(synthesizedDashboard()));
if (!process.argv.includes('--check')) {
  mkdirSync(join(FILE, '..'), { recursive: true });
  writeFileSync(FILE, picture);
} else if (currentPicture() !== picture) {
  console.error(
    'docs/images/dashboard.svg is not the dashboard that is deployed. Run `npm run docs:dashboard` and commit it.',
  );
  process.exitCode = 1;
}

/** The stack as bin/app.ts makes it by default, except that the function is not bundled. */
function synthesizedDashboard(): Dashboard {
  const outdir = mkdtempSync(join(tmpdir(), 'personalize-users-dashboard-'));
  try {
    const app = new App({ outdir, context: { ...recommendedFlags, 'aws:cdk:bundling-stacks': [] } });
    const { stackName } = new PersonalizeUsersStack(app, 'PersonalizeUsers', { datasetArn: DATASET_ARN });
    return readDashboard(app.synth().getStackByName(stackName).template);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Names as a reader knows them: the function without the hash of its logical id, alarms without the stack's name. */
function shortNames(dashboard: Dashboard): Dashboard {
  const text = JSON.stringify(dashboard)
    .replaceAll(/arn:aws:cloudwatch:[^"]*:alarm:PersonalizeUsers-/g, '')
    .replaceAll(/UsersFunction[0-9A-F]{8}/g, 'FUNCTION');
  return JSON.parse(text);
}

function currentPicture(): string | undefined {
  try {
    return readFileSync(FILE, 'utf8');
  } catch {
    return undefined;
  }
}

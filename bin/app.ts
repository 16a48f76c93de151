/** The CDK app: settings from the context (cdk.json and `-c name=value`) become the stack. */
import { App } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { EXIT_CODES } from '../contract/input/exit-codes.ts';
import { PersonalizeUsersStack } from '../lib/personalize-users-stack.ts';
import { SettingError } from '../lib/setting.ts';
import { readSettings } from '../lib/settings.ts';

const app = new App({ context: recommendedFlags });
try {
  const { stackName = 'PersonalizeUsers', ...settings } = readSettings(app.node.getAllContext());
  new PersonalizeUsersStack(app, stackName, settings);
} catch (error) {
  if (!(error instanceof SettingError)) throw error;
  console.error(error.message);
  // At once: an app that only ran out of work would still write a cloud assembly, without the stack.
  process.exit(EXIT_CODES.usage);
}

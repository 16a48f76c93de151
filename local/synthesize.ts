/** Synthesizes the stack with the CDK's own CLI, as `cdk deploy` does before it deploys. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { devNull } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT_CODES } from '../contract/input/exit-codes.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** The stack did not synthesize. The message is what the CDK app said, such as which setting is wrong. */
export class SynthesisError extends Error {
  override readonly name: string = 'SynthesisError';
}

/** The app was given a setting that it does not take. */
export class WrongSettingError extends SynthesisError {
  override readonly name = 'WrongSettingError';
}

/**
 * Synthesizes the stack.
 *
 * @param context - settings, as `-c name=value` would give them
 * @param outputDirectory - where the cloud assembly goes; what it held is replaced
 * @param signal - ends it, done or not
 * @throws WrongSettingError when the CDK app refuses the settings
 * @throws SynthesisError when it fails otherwise
 */
export async function synthesize(
  context: Readonly<Record<string, string>>,
  outputDirectory: string,
  signal?: AbortSignal,
): Promise<void> {
  const cli = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin', 'cdk');
  const settings = Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
  const args = [cli, 'synth', '--quiet', '--ci', '--no-notices', '--output', outputDirectory, ...settings];
  const env = synthesisEnvironment(process.env);
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, args, { cwd: PROJECT, env, ...(signal && { signal }) }, (error, stdout, stderr) => {
      if (error && !signal?.aborted) reject(whatTheAppSaid(`${stderr}\n${stdout}`));
      else resolve();
    });
  });
}

/**
 * The environment of the CDK's CLI. The stack is for this machine alone: AWS and proxy settings, and what files they name,
 * have no part in it.
 */
export function synthesisEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !/^(AWS_|CDK_DEFAULT_|((http|https|all|no)_proxy|NODE_USE_ENV_PROXY)$)/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    // The CLI starts the app with the first node on the path, which is to be this one.
    PATH: `${dirname(process.execPath)}${delimiter}${env.PATH}`,
  };
}

/** The CLI ends with 1 whatever the app ends with, and names that. */
const IS_WRONG_SETTING = new RegExp(`Subprocess exited with error ${EXIT_CODES.usage}\\b`, 'i');

/** The app's own sentence, without what the CLI says around it. */
function whatTheAppSaid(output: string): SynthesisError {
  const lines = output.split('\n').map((line) => line.trim());
  const sentences = lines.filter((line) => line !== '' && !/subprocess exited|^Subprocess/i.test(line));
  const said = sentences.join('\n') || 'cdk synth failed and did not say why';
  return IS_WRONG_SETTING.test(output) ? new WrongSettingError(said) : new SynthesisError(said);
}

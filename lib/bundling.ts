/** The function's code and how it is bundled: for the stack, and for whoever looks into the bundle. */
import { join } from 'node:path';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type BundlingOptions, type NodejsFunctionProps, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

const PROJECT_ROOT = join(import.meta.dirname, '..');

/**
 * One ES module with everything in it that is called: what the tests ran is what runs, whatever SDK the runtime has.
 *
 * The SDK's clients import all ways to find credentials that there are, which esbuild cannot tell to be unused. The handler
 * gives them the environment's, so that the rest is left out: a quarter of the bundle, and, since it imports `node:http` by
 * name, which has Node load its WebSocket too, a third of the time that a cold start takes to import it.
 */
const BUNDLING: BundlingOptions = {
  format: OutputFormat.ESM,
  mainFields: ['module', 'main'],
  bundleAwsSDK: true,
  minify: true,
  sourceMap: true,
  sourcesContent: false,
  esbuildArgs: {
    '--alias:@aws-sdk/credential-provider-node': join(PROJECT_ROOT, 'lambda', 'aws', 'no-default-credentials.ts'),
  },
};

/** All that decides what is in the bundle. */
export const CODE = {
  runtime: Runtime.NODEJS_24_X,
  architecture: Architecture.ARM_64,
  entry: join(PROJECT_ROOT, 'lambda', 'handler.ts'),
  projectRoot: PROJECT_ROOT,
  // Nothing is installed while bundling, so the lock file is not read; naming one keeps the CDK from looking for it in
  // the current directory, which is someone else's when the construct is part of their app.
  depsLockFilePath: join(PROJECT_ROOT, 'package.json'),
  bundling: BUNDLING,
} satisfies NodejsFunctionProps;

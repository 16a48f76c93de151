/** Makes this thread one in which worlds can run, and loads the code under test into it. */

import type { Limits } from './faults.ts';
import { installPlatform } from './machine/platform.ts';
import { type Product, type Run, runSeed } from './world.ts';

/** What AWS's and Powertools' libraries read when they are loaded: nothing of the real machine. */
const ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'simulated',
  AWS_SECRET_ACCESS_KEY: 'simulated',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  // What the SDK would look for in those files for each client, to find what is its default anyway.
  AWS_RETRY_MODE: 'standard',
  AWS_MAX_ATTEMPTS: '3',
  AWS_DEFAULTS_MODE: 'legacy',
  AWS_USE_FIPS_ENDPOINT: 'false',
  AWS_USE_DUALSTACK_ENDPOINT: 'false',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
  AWS_SDK_UA_APP_ID: 'simulated',
  AWS_ACCOUNT_ID_ENDPOINT_MODE: 'disabled',
  AWS_ENDPOINT_DISCOVERY_ENABLED: 'false',
  POWERTOOLS_SERVICE_NAME: 'simulated',
  POWERTOOLS_METRICS_NAMESPACE: 'Simulated',
  POWERTOOLS_LOG_LEVEL: 'INFO',
};

export type RunSeed = (seed: number, limits?: Limits) => Promise<Run>;

/** To be called once in a thread. */
export async function loadProduct(): Promise<RunSeed> {
  for (const name of Object.keys(process.env))
    if (/^(AWS|POWERTOOLS|_X_AMZN|LAMBDA)/.test(name)) delete process.env[name];
  Object.assign(process.env, ENVIRONMENT);
  installPlatform();
  const { createHandler } = await import('../lambda/create-handler.ts');
  const { userVersionsIn } = await import('../lambda/aws/user-versions.ts');
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  // As lambda/guarded-handler.ts does; without a table in its environment there is no guard.
  const product: Product = {
    createHandler: (env) =>
      createHandler(env, (table, clientSettings) => userVersionsIn(table, new DynamoDBClient(clientSettings))),
  };
  // Whatever is read from files once and then kept: by the first world, so that all others have it alike.
  await runSeed(WARM_UP, product);
  return (seed, limits) => runSeed(seed, product, limits);
}

const WARM_UP = 0;

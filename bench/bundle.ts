/** Bundles to measure and to look into, made as the one that is deployed. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { DEFAULT_MAX_PROPERTIES_LENGTH } from '../contract/dataset/put-users-limits.ts';
import { BUNDLE_FILE, type BundleOptions, bundleFunction } from '../lib/bundling.ts';

/** A bundle on the disk. */
export interface Bundle {
  /** Its module. */
  readonly file: string;
  /** What esbuild says of what is in it. */
  readonly metafile: Metafile;
  /** Takes it off the disk. */
  remove(): void;
}

/** Makes the bundle of a function. */
export function bundle(options: BundleOptions = {}): Bundle {
  const directory = mkdtempSync(join(tmpdir(), 'personalize-users-bench-'));
  const remove = () => rmSync(directory, { recursive: true });
  try {
    return { file: join(directory, BUNDLE_FILE), metafile: bundleFunction(directory, options), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** What the bundled function's environment variables are, on Lambda's side and its own. */
export function functionEnvironment(variables: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    NODE_OPTIONS: '--enable-source-maps',
    DATASET_ARN: 'arn:aws:personalize:eu-west-1:123456789012:dataset/bench/USERS',
    QUEUE_URL: 'http://127.0.0.1:1/000000000000/users',
    DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1:1/000000000000/dead-letters',
    MAX_RECEIVE_COUNT: '10',
    REQUESTS_PER_SECOND: '10',
    MAX_CONCURRENCY: '2',
    MAX_PROPERTIES_LENGTH: String(DEFAULT_MAX_PROPERTIES_LENGTH),
    BACKOFF_BASE_SECONDS: '2',
    BACKOFF_MAX_SECONDS: '900',
    TIMEOUT_SECONDS: '60',
    POWERTOOLS_SERVICE_NAME: 'bench',
    POWERTOOLS_METRICS_NAMESPACE: 'bench',
    POWERTOOLS_LOG_LEVEL: 'INFO',
    ...variables,
  };
}

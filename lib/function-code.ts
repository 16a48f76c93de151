/** The asset that Lambda gets: the bundle, and beside it the dataset's schema if it is known. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, type ILocalBundling } from 'aws-cdk-lib';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { UsersSchema } from '../contract/dataset/users-schema.ts';
import { writeUsersSchema } from '../contract/dataset/write-users-schema.ts';
import { bundleFunction, ENTRY, GUARDED_ENTRY, PROJECT_ROOT } from './bundling.ts';

/** What the bundle is made for: `target` in bundling.ts goes with it. */
export const RUNTIME = Runtime.NODEJS_24_X;

/** The schema's file in the asset. It would not fit into environment variables, which have 4 KB in all. */
export const SCHEMA_FILE = 'users-schema.json';

/** What the code depends on. */
export interface FunctionCodeOptions {
  readonly schema: UsersSchema | undefined;
  readonly orderGuard: boolean;
}

/**
 * The function's code. It is bundled when the stack is synthesized, and its hash is that of what comes out: it changes with
 * the code and with what the schema says.
 */
export function functionCode({ schema, orderGuard }: FunctionCodeOptions): Code {
  return Code.fromAsset(PROJECT_ROOT, {
    assetHashType: AssetHashType.OUTPUT,
    // The image is never used, since the code is always bundled here.
    bundling: {
      image: RUNTIME.bundlingImage,
      local: new LocalBundling(schema && writeUsersSchema(schema), orderGuard),
    },
  });
}

class LocalBundling implements ILocalBundling {
  /** Not private: what the CDK sees here tells it the assets of two pipelines in one app apart. */
  readonly schema: string | undefined;
  readonly orderGuard: boolean;

  constructor(schema: string | undefined, orderGuard: boolean) {
    this.schema = schema;
    this.orderGuard = orderGuard;
  }

  tryBundle(directory: string): boolean {
    bundleFunction(directory, { entry: this.orderGuard ? GUARDED_ENTRY : ENTRY });
    if (this.schema !== undefined) writeFileSync(join(directory, SCHEMA_FILE), this.schema);
    return true;
  }
}

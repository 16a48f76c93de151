/** The asset that Lambda gets: the function's code, and beside it the dataset's schema if it is known. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, type ILocalBundling } from 'aws-cdk-lib';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { UsersSchema } from '../contract/dataset/users-schema.ts';
import { writeUsersSchema } from '../contract/dataset/write-users-schema.ts';
import { type FunctionVariant, functionSource, READY_MADE, writeFunctionFiles } from './function-files.ts';

/** What the code is made for: `target` in bundling.ts goes with it. */
export const RUNTIME = Runtime.NODEJS_24_X;

/** The schema's file in the asset. It would not fit into environment variables, which have 4 KB in all. */
export const SCHEMA_FILE = 'users-schema.json';

/** What the code depends on. */
export interface FunctionCodeOptions extends FunctionVariant {
  readonly schema: UsersSchema | undefined;
}

/**
 * The function's code. Its hash is that of the asset's files: it changes with the code and with what the schema says, and with
 * nothing else.
 */
export function functionCode({ schema, ...variant }: FunctionCodeOptions): Code {
  // What is there is the asset: nothing has to be put together, and the CDK says of no bundling.
  if (READY_MADE && schema === undefined) return Code.fromAsset(functionSource(variant));
  return Code.fromAsset(functionSource(variant), {
    assetHashType: AssetHashType.OUTPUT,
    // The image is never used, since the files are always written here.
    bundling: {
      image: RUNTIME.bundlingImage,
      local: new FunctionFiles(schema && writeUsersSchema(schema), variant.orderGuard),
    },
  });
}

class FunctionFiles implements ILocalBundling {
  /** Not private: what the CDK sees here tells it the assets of two pipelines in one app apart. */
  readonly schema: string | undefined;
  readonly orderGuard: boolean;

  constructor(schema: string | undefined, orderGuard: boolean) {
    this.schema = schema;
    this.orderGuard = orderGuard;
  }

  tryBundle(directory: string): boolean {
    writeFunctionFiles(directory, this);
    if (this.schema !== undefined) writeFileSync(join(directory, SCHEMA_FILE), this.schema);
    return true;
  }
}

/** The asset that Lambda gets. */
import { AssetHashType, type ILocalBundling } from 'aws-cdk-lib';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { bundleFunction, PROJECT_ROOT } from './bundling.ts';

/** What the bundle is made for: `target` in bundling.ts goes with it. */
export const RUNTIME = Runtime.NODEJS_24_X;

/** The function's code. It is bundled when the stack is synthesized, and its hash is that of what comes out. */
export function functionCode(): Code {
  return Code.fromAsset(PROJECT_ROOT, {
    assetHashType: AssetHashType.OUTPUT,
    // The image is never used, since the code is always bundled here.
    bundling: { image: RUNTIME.bundlingImage, local: new LocalBundling() },
  });
}

class LocalBundling implements ILocalBundling {
  tryBundle(directory: string): boolean {
    bundleFunction(directory);
    return true;
  }
}

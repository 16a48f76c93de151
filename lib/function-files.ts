/**
 * Where the function's code comes from: here it is bundled from its source. The package has `packaged-function-files.ts` in the
 * place of this module, so that nothing is bundled where it is installed.
 */
import { bundleFunction, ENTRY, GUARDED_ENTRY, PROJECT_ROOT } from './bundling.ts';

/** Which of the functions. */
export interface FunctionVariant {
  readonly orderGuard: boolean;
}

/** Whether {@link functionSource} is a folder with these files and no others. */
export const READY_MADE: boolean = false;

/** What the CDK takes for the source of the code. It looks only at what {@link writeFunctionFiles} makes of it. */
export function functionSource(_variant: FunctionVariant): string {
  return PROJECT_ROOT;
}

/** Writes the bundle and its source map into a directory. */
export function writeFunctionFiles(directory: string, { orderGuard }: FunctionVariant): void {
  bundleFunction(directory, { entry: orderGuard ? GUARDED_ENTRY : ENTRY });
}

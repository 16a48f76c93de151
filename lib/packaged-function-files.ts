/** Stands for `function-files.ts` in the package, which brings the function's code ready made. */
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionVariant } from './function-files.ts';

/** The folder of the package with the code of a function. */
export function prebuiltFolder({ orderGuard }: FunctionVariant): string {
  return orderGuard ? 'function-with-order-guard' : 'function';
}

export const READY_MADE: boolean = true;

/** Where that is. */
export function functionSource(variant: FunctionVariant): string {
  return join(import.meta.dirname, prebuiltFolder(variant));
}

/** Copies the code into a directory. */
export function writeFunctionFiles(directory: string, variant: FunctionVariant): void {
  const source = functionSource(variant);
  for (const name of readdirSync(source)) copyFileSync(join(source, name), join(directory, name));
}

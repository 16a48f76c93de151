import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from './context.ts';
import { NamedError } from './describe-error.ts';

/** A function's entry point. */
export type Handler = (event: unknown, context: Context) => unknown;

/** The endings of a module, in the order in which Lambda looks for them. */
const ENDINGS = ['.js', '.mjs', '.cjs'] as const;

/**
 * Loads a handler.
 *
 * @param directory - where the code is, from `LAMBDA_TASK_ROOT`
 * @param name - the module and its export, such as `index.handler`, from `_HANDLER`
 * @throws NamedError with the name that Lambda's Node runtime gives, or whatever the module throws
 */
export async function loadHandler(directory: string, name: string): Promise<Handler> {
  const { modulePath, exportName } = parseName(name);
  const handler = await importExport(findModule(directory, modulePath), exportName);
  if (typeof handler !== 'function') {
    throw new NamedError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  }
  if (handler.length > 2) {
    // Callbacks are gone from Lambda's Node.js 24 runtime.
    throw new NamedError('Runtime.CallbackHandlerDeprecated', `${name} must return a promise instead of calling back`);
  }
  return handler as Handler;
}

function parseName(name: string): { readonly modulePath: string; readonly exportName: string } {
  const { modulePath, exportName } = /^(?<modulePath>.+)\.(?<exportName>[^./]+)$/.exec(name)?.groups ?? {};
  if (modulePath && exportName) return { modulePath, exportName };
  throw new NamedError('Runtime.MalformedHandlerName', `Bad handler: ${name}`);
}

function findModule(directory: string, modulePath: string): string {
  const file = ENDINGS.map((ending) => join(directory, modulePath + ending)).find(existsSync);
  if (file) return file;
  throw new NamedError('Runtime.ImportModuleError', `Error: Cannot find module '${modulePath}'`);
}

async function importExport(file: string, exportName: string): Promise<unknown> {
  try {
    const module = await import(pathToFileURL(file).href);
    return module[exportName] ?? module.default?.[exportName];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new NamedError('Runtime.UserCodeSyntaxError', String(error), { cause: error });
  }
}

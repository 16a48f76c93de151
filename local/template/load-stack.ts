import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { ASSET_MANIFEST } from './assets.ts';
import { readStack, type Stack } from './stack.ts';
import type { Template } from './template.ts';
import type { World } from './world.ts';

/** Where `cdk synth` has put a stack. */
export interface SynthesizedStack {
  /** The cloud assembly's directory, such as `cdk.out`. */
  readonly directory: string;
  readonly stackName: string;
}

/**
 * Reads a stack from the files that `cdk synth` wrote: `<stack>.template.json`, `<stack>.assets.json`.
 *
 * @throws TemplateError for whatever the local world does not know or cannot have
 * @throws Error when there are no such files
 */
export async function loadStack({ directory, stackName }: SynthesizedStack, world: World): Promise<Stack> {
  const path = resolve(directory);
  const template: Template = await readJson(join(path, `${stackName}.template.json`));
  const manifest = v.parse(ASSET_MANIFEST, await readJson(join(path, `${stackName}.assets.json`)));
  return readStack({ stackName, template, assets: { directory: path, manifest } }, world);
}

async function readJson<Content>(path: string): Promise<Content> {
  return JSON.parse(await readFile(path, 'utf8'));
}

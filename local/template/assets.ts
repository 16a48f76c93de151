import { join } from 'node:path';
import * as v from 'valibot';
import { type Place, TemplateError } from './template.ts';

/** The part of the CDK's asset manifest (`<stack>.assets.json`) that says where files are before they are uploaded. */
export const ASSET_MANIFEST = v.object({
  files: v.optional(
    v.record(
      v.string(),
      v.object({
        source: v.object({ path: v.optional(v.string()), packaging: v.optional(v.string()) }),
        destinations: v.record(v.string(), v.object({ objectKey: v.string() })),
      }),
    ),
    {},
  ),
});

export type AssetManifest = v.InferOutput<typeof ASSET_MANIFEST>;

/**
 * The directory that is zipped and uploaded under a key.
 *
 * @param directory - where the manifest is
 * @param place - of the key, for the error
 * @throws TemplateError when the manifest has no such directory
 */
export function assetDirectory({ files }: AssetManifest, directory: string, key: string, place: Place): string {
  const asset = Object.values(files).find(({ destinations }) =>
    Object.values(destinations).some(({ objectKey }) => objectKey === key),
  );
  if (!asset) throw new TemplateError(place, `there is no asset ${key}`);
  const { path, packaging } = asset.source;
  if (path === undefined || packaging !== 'zip') throw new TemplateError(place, `the asset ${key} is not a directory`);
  return join(directory, path);
}

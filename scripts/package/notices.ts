/** THIRD-PARTY-NOTICES: whose code is in the package besides ours, and under which licence. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { PERMISSIVE_LICENCES } from '../bundle-contents.ts';

/** What others wrote, and is in the package. */
export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  /** An SPDX identifier. */
  readonly licence: string;
  /** What its licence says, and its notices, as they come with it. */
  readonly texts: readonly string[];
}

/** Licences that let code be given out like this, besides those of the function. */
const ALLOWED: readonly string[] = [...PERMISSIVE_LICENCES, 'BlueOak-1.0.0'];

/** Files whose text has to go along. Source: Apache License 2.0, section 4; MIT, BSD and ISC, which ask for theirs. */
const LEGAL_FILE = /^(licen[cs]e|copying|notice)/i;

/**
 * Finds whose code is in bundles.
 *
 * @throws Error for a licence that is not on the list
 */
export function thirdPartiesIn(metafiles: readonly Metafile[], root: string): readonly ThirdParty[] {
  const files = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
  );
  const folders = new Set(files.flatMap((path) => /^.*node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []));
  const parties = [...folders].map((folder) => readThirdParty(join(root, folder)));
  const byName = new Map(parties.map((party) => [`${party.name}@${party.version}`, party]));
  return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function readThirdParty(folder: string): ThirdParty {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (!ALLOWED.includes(license)) {
    throw new Error(
      `${name} has the licence ${JSON.stringify(license)}, which is not on the list in scripts/package/notices.ts.`,
    );
  }
  const found = readdirSync(folder)
    .filter((file) => LEGAL_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  const texts = found.length > 0 ? found : [withoutText(license, author)];
  return { name, version, licence: license, texts };
}

function withoutText(licence: string, author: unknown): string {
  const by = typeof author === 'object' && author !== null && 'name' in author ? author.name : author;
  return `The package has no file with its licence. Its package.json says: ${licence}${by ? `, by ${by}` : ''}.`;
}

/** Writes the notices: a list of all, then each text once, under the names of those whose it is. */
export function writeNotices(parties: readonly ThirdParty[]): string {
  const texts = Map.groupBy(
    parties.flatMap((party) => party.texts.map((text) => ({ party, text }))),
    ({ text }) => text,
  );
  return [
    'This package contains code of others:',
    parties.map(({ name, version, licence }) => `  ${name} ${version} (${licence})`).join('\n'),
    ...[...texts].map(
      ([text, of]) =>
        `${'-'.repeat(80)}\n${of.map(({ party }) => party.name).join('\n')}\n${'-'.repeat(80)}\n\n${text}`,
    ),
    '',
  ].join('\n\n');
}

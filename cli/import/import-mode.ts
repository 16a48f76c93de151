/** What a bulk import does with what earlier ones brought. */
import { ListDatasetImportJobsCommand, type PersonalizeClient } from '@aws-sdk/client-personalize';
import { errorName } from '../../aws/error-name.ts';
import { CommandError } from '../failure.ts';
import { note } from '../terminal.ts';
import type { ImportModeName } from './import-modes.ts';

/** How users are imported. */
export type ImportPlan =
  /** `append` keeps what is there, and replaces who is imported again; `first` finds nothing to keep or replace. */
  | { readonly kind: 'append'; readonly mode: 'INCREMENTAL' }
  | { readonly kind: 'first'; readonly mode: 'FULL' }
  /** Users of earlier imports who are not in this one are gone afterwards. */
  | { readonly kind: 'replace'; readonly mode: 'FULL' };

/** What is known of an earlier import. */
export interface EarlierImport {
  readonly arn: string;
  /** Such as `ACTIVE`. */
  readonly status: string;
}

const UNDER_WAY = /^CREATE (PENDING|IN_PROGRESS)$/;

/**
 * Plans an import. Source: CreateDatasetImportJob API reference, `importMode`: FULL replaces what was imported in bulk, and
 * nothing that was put individually; as long as nothing was imported in bulk, it is the only mode.
 *
 * @param earlier - all imports of the dataset; undefined if that is not known
 * @throws CommandError when one is under way: which of two at a time has the last word is not documented
 */
export function planImport(
  asked: ImportModeName | undefined,
  earlier: readonly EarlierImport[] | undefined,
): ImportPlan {
  const underWay = earlier?.find(({ status }) => UNDER_WAY.test(status));
  if (underWay) {
    throw new CommandError(`An import of this dataset is under way: ${underWay.arn}.`, {
      hint: `Nothing was uploaded. Wait for it: personalize-users import --job ${underWay.arn}`,
    });
  }
  const isFirst = earlier !== undefined && !earlier.some(({ status }) => status === 'ACTIVE');
  if (isFirst) return { kind: 'first', mode: 'FULL' };
  return asked === 'full' ? { kind: 'replace', mode: 'FULL' } : { kind: 'append', mode: 'INCREMENTAL' };
}

/** What a plan does to the dataset, as a sentence or two. */
export function describePlan({ kind }: ImportPlan): string {
  switch (kind) {
    case 'first':
      return 'Nothing was imported in bulk into this dataset yet, so that this is a full import: it replaces nothing. What PutUsers put stays.';
    case 'append':
      return 'An incremental import: it adds to what is there, and replaces users that are there already.';
    case 'replace':
      return (
        'A full import: it replaces all that earlier imports brought. Their users who are not in the file will be gone. ' +
        'It replaces nothing that PutUsers put: what the pipeline has delivered stays.'
      );
  }
}

/** Asks for the imports of a dataset; undefined, with a word, where that may not be asked. */
export async function listImports(
  client: PersonalizeClient,
  datasetArn: string,
): Promise<readonly EarlierImport[] | undefined> {
  const imports: EarlierImport[] = [];
  let nextToken: string | undefined;
  try {
    do {
      const page = await client.send(new ListDatasetImportJobsCommand({ datasetArn, nextToken, maxResults: 100 }));
      for (const { datasetImportJobArn = '', status = '' } of page.datasetImportJobs ?? []) {
        imports.push({ arn: datasetImportJobArn, status });
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return imports;
  } catch (error) {
    if (errorName(error) !== 'AccessDeniedException') throw error;
    note(
      'Whether anything was imported in bulk before is not known: no permission for personalize:ListDatasetImportJobs. ' +
        'A first import has to be --mode full.',
    );
    return undefined;
  }
}

/** Deletes dead letters for good, but none that an export does not hold. */

import type { Letter } from '../../aws/sqs/letter.ts';
import type { ExportIndex } from './export.ts';
import { isSelected, type Selection } from './selection.ts';
import { type LetterQueue, type RemoveLetters, type Visit, visitLetters } from './visit-letters.ts';

export interface PurgeOptions extends Selection {
  readonly from: LetterQueue;
  /** What was exported. */
  readonly exported: ExportIndex;
  /** Letters that are deleted, at most. @default all */
  readonly limit?: number | undefined;
  /** Deletes nothing, but counts. @default false */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Is told how many letters are deleted so far. @default nobody */
  readonly onProgress?: (deleted: number) => void;
}

/** What a purge came to. */
export interface PurgeResult {
  /** Letters that were deleted; in a dry run, those that would be. */
  readonly deleted: number;
  /** Letters that were selected, and are not in the export: they stay. */
  readonly notExported: number;
  readonly notSelected: number;
  readonly visit: Visit;
}

/** Purges. What it throws comes after all letters that were not deleted are visible again. */
export async function purgeLetters(options: PurgeOptions): Promise<PurgeResult> {
  let [left, chosen, notExported, notSelected] = [options.limit ?? Number.POSITIVE_INFINITY, 0, 0, 0];

  const isToGo = (letter: Letter): boolean => {
    if (!isSelected(letter, options)) notSelected++;
    else if (!options.exported.has(letter)) notExported++;
    else return left-- > 0;
    return false;
  };

  const handle = async (letters: readonly Letter[], remove: RemoveLetters) => {
    const toGo = letters.filter(isToGo);
    chosen += toGo.length;
    if (!options.dryRun) await remove(toGo);
    options.onProgress?.(chosen);
  };

  const visit = await visitLetters(options.from, { handle, isEnough: () => left <= 0, signal: options.signal });
  return { deleted: options.dryRun ? chosen : visit.removed, notExported, notSelected, visit };
}

/** What `import` was asked for, and whether it makes sense together. */

import { UsageError } from '../failure.ts';
import type { DatasetOptions } from '../find-dataset.ts';
import type { FormatName } from '../send/format.ts';
import type { ImportModeName } from './import-modes.ts';

/** The options of `import`, as commander has read them. */
export interface ImportOptions extends DatasetOptions {
  readonly schema?: string;
  readonly bucket?: string;
  readonly prefix: string;
  readonly roleArn?: string;
  readonly mode?: ImportModeName;
  readonly format?: FormatName;
  readonly delimiter?: string;
  readonly rejects?: string;
  readonly job?: string;
  readonly poll: number;
  /** `--no-check` makes it false. */
  readonly check: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** What is to be done. */
export type ImportRequest =
  | { readonly kind: 'follow'; readonly jobArn: string }
  | { readonly kind: 'import'; readonly file: string; readonly bucket: string; readonly roleArn: string };

/** @throws UsageError for options that contradict each other, or are missing */
export function requestOf(file: string | undefined, { job, bucket, roleArn }: ImportOptions): ImportRequest {
  if (job !== undefined) {
    if (file === undefined) return { kind: 'follow', jobArn: job };
    throw new UsageError('--job follows an import that was begun: leave the file out.');
  }
  if (file === undefined || bucket === undefined || roleArn === undefined) {
    throw new UsageError(
      'An import takes a file, --bucket and --role-arn.',
      'personalize-users import users.csv --bucket BUCKET --role-arn ROLE; or --job ARN to follow one that was begun.',
    );
  }
  return { kind: 'import', file, bucket, roleArn };
}

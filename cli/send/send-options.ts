/** What `send` was asked for, and whether it makes sense together. */

import { resolve } from 'node:path';
import type { DatasetRules, SchemaCheck } from '../../contract/dataset/admission.ts';
import { DEFAULT_MAX_PROPERTIES_LENGTH } from '../../contract/dataset/put-users-limits.ts';
import { UsageError } from '../failure.ts';
import type { Target, TargetOptions } from '../target.ts';
import type { FormatName } from './format.ts';
import type { Input } from './input.ts';
import type { ResumeOptions } from './resume.ts';

/** The options of `send`, as commander has read them. */
export interface SendOptions extends TargetOptions, ResumeOptions {
  readonly usersPerMessage?: number;
  readonly schema?: string;
  readonly schemaCheck?: SchemaCheck;
  readonly format?: FormatName;
  readonly delimiter?: string;
  readonly rejects?: string;
  readonly messageGroup?: string;
  readonly source?: string;
  readonly concurrency: number;
  readonly dryRun?: boolean;
}

/** What is sent, where to and how. */
export interface SendRequest {
  readonly input: Input;
  /** The dataset that the users are for, if its schema is known. */
  readonly dataset: DatasetRules | undefined;
  /** Undefined for a dry run that asks no deployment. */
  readonly target: Target | undefined;
  readonly options: SendOptions;
  readonly signal: AbortSignal;
}

/** What holds where no deployment is asked: its defaults. */
export const DEFAULT_SETTINGS = {
  usersPerMessage: 1,
  maxPropertiesLength: DEFAULT_MAX_PROPERTIES_LENGTH,
  requestsPerSecond: 10,
};

/** @throws UsageError for options that contradict each other, the input or the deployment */
export function checkOptions({ input, target, options }: SendRequest, usersPerMessage: number): void {
  const { usersPerMessage: given = 1, resume, restart, dryRun: isDry } = options;
  if (target && given > usersPerMessage) {
    throw new UsageError(
      `--users-per-message ${given} is more than the deployment is sized for, which is ${usersPerMessage}.`,
      `Deploy it with -c usersPerMessage=${given} first, or give ${usersPerMessage} at most.`,
    );
  }
  if (options.messageGroup !== undefined && target && !target.fifo) {
    throw new UsageError('--message-group is for FIFO queues, and the users queue is none.');
  }
  if (options.source !== undefined && target?.fifo) {
    throw new UsageError(
      '--source is for standard queues, and the users queue is a FIFO queue.',
      'Message groups keep an order there: leave it out, or give --message-group.',
    );
  }
  if (resume && isDry) throw new UsageError('--dry-run reads all of a file: leave --resume out.');
  if ((resume || restart) && !input.file) {
    throw new UsageError(
      `${input.name} cannot be read again, so there is nothing to ${resume ? 'resume' : 'restart'}.`,
      'Save it to a file, and send that.',
    );
  }
}

/**
 * Where rejects go: beside the file, or for what has no name to the working directory.
 *
 * @throws UsageError when that is the file itself
 */
export function rejectsFileOf({ file }: Input, { rejects }: Pick<SendOptions, 'rejects'>): string {
  const path = rejects ?? (file ? `${file.path}.rejects.jsonl` : 'stdin.rejects.jsonl');
  if (file && resolve(path) === resolve(file.path))
    throw new UsageError('--rejects names the file that is sent: it would be lost.');
  return path;
}

/** Sends an input, so that it can be gone on with if it is interrupted. */
import { groupOfUser } from '../../aws/sqs/message-group.ts';
import { EXIT_CODES } from '../../contract/input/exit-codes.ts';
import { settle } from '../../producer/settle.ts';
import type { Target } from '../target.ts';
import { note, print, printJson } from '../terminal.ts';
import { explainEnd } from './explain.ts';
import type { Format } from './format.ts';
import { hintForNoUser } from './other-text.ts';
import type { RejectsFile } from './rejects-file.ts';
import type { Progression } from './resume.ts';
import type { RowDraft } from './row.ts';
import type { SendRequest } from './send-options.ts';
import { sendUsers } from './send-users.ts';
import { createView, renderResult } from './view.ts';

/** A send that can begin. */
export interface PreparedSend extends SendRequest {
  readonly target: Target;
  readonly format: Format;
  readonly rejects: RejectsFile;
  readonly progression: Progression;
}

/** How often a checkpoint is written, in milliseconds: so much is repeated after a crash. */
const CHECKPOINT_INTERVAL_IN_MILLISECONDS = 500;

/**
 * Sends it, and prints what became of it.
 *
 * @throws CommandError or InterruptedError when it has ended before its end; they say how to go on
 */
export async function sendInput(what: PreparedSend): Promise<void> {
  const { input, format, rejects, progression, signal, options } = what;
  const view = createView(input, progression.from, 'sent');
  let mark = progression.from;
  let savedAt = performance.now();
  const save = async () => {
    await rejects.sync();
    await progression.save(mark);
    savedAt = performance.now();
  };
  await save();
  signal.addEventListener('abort', () => note('Finishing what is in flight; Ctrl-C again ends it at once.'));
  const summarize = (isComplete: boolean) => ({
    input: input.name,
    queueUrl: what.target.queueUrl,
    dryRun: false,
    complete: isComplete,
    ...mark.counts,
    suspects: view.suspects(),
    rejectsFile: mark.counts.rejected > 0 ? rejects.path : null,
    nextLine: isComplete ? null : mark.position.line,
    resumed: progression.isResumed,
    source: what.target.fifo ? null : progression.source,
    ...view.pace(mark),
  });
  try {
    mark = await sendUsers({
      input,
      format,
      from: mark,
      rejects,
      signal,
      deliver: deliverTo(what, progression.source),
      onReject: view.reject,
      onSuspect: view.suspect,
      onSettled: async (now) => {
        mark = now;
        view.show(now);
        if (performance.now() - savedAt >= CHECKPOINT_INTERVAL_IN_MILLISECONDS) await save();
      },
    });
    if (signal.aborted) throw signal.reason;
  } catch (error) {
    await save();
    view.end();
    if (options.json) printJson(summarize(false));
    throw explainEnd(error, what, mark);
  }
  await rejects.sync();
  await progression.finish();
  view.end();
  if (options.json) printJson(summarize(true));
  else print(renderResult(summarize(true), input));
  if (mark.counts.rejected > 0 && mark.counts.users === 0 && !options.json) note(hintForNoUser(input.head));
  if (mark.counts.rejected > 0) process.exitCode = EXIT_CODES.incomplete;
}

/**
 * Sends what is read, on a standard queue as messages of a source. On a FIFO queue one batch after the other, so that of what is repeated after a crash nothing has been
 * overtaken.
 */
export function deliverTo(
  { target, options, signal }: Pick<PreparedSend, 'target' | 'options' | 'signal'>,
  source?: string,
) {
  return (drafts: AsyncIterable<readonly RowDraft[]>) =>
    settle(target.fifo ? withGroups(drafts, options.messageGroup) : drafts, {
      client: target.sqs,
      queueUrl: target.queueUrl,
      usersPerMessage: options.usersPerMessage ?? target.settings.usersPerMessage,
      concurrency: target.fifo ? 1 : options.concurrency,
      maxAttempts: 10,
      source: target.fifo ? undefined : source,
      signal,
    });
}

async function* withGroups(
  drafts: AsyncIterable<readonly RowDraft[]>,
  group: string | undefined,
): AsyncGenerator<readonly RowDraft[]> {
  for await (const chunk of drafts) {
    yield chunk.map((draft) =>
      draft.kind === 'user' ? { ...draft, groupId: group ?? groupOfUser(draft.user) } : draft,
    );
  }
}

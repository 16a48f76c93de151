/** Reads and validates, and sends nothing. */

import { EXIT_CODES } from '../../contract/input/exit-codes.ts';
import type { SettledBatch } from '../../producer/settle.ts';
import { formatCount, note, print, printJson } from '../terminal.ts';
import { explainBroken, isBroken } from './explain.ts';
import type { Format } from './format.ts';
import { hintForNoUser } from './other-text.ts';
import { openRejects } from './rejects-file.ts';
import type { Row, RowDraft } from './row.ts';
import { rejectsFileOf, type SendRequest } from './send-options.ts';
import { type Mark, sendUsers } from './send-users.ts';
import { createView } from './view.ts';

export async function dryRun({ input, options, signal }: SendRequest, format: Format): Promise<void> {
  const from: Mark = { position: format.start, counts: { users: 0, messages: 0, rejected: 0 }, rejectsBytes: 0 };
  const view = createView(input, from, 'valid');
  const rejects = options.rejects === undefined ? undefined : await openRejects(rejectsFileOf(input, options), 0);
  let mark = from;
  try {
    mark = await sendUsers({
      input,
      format,
      from,
      rejects: rejects ?? { add: () => {}, bytes: () => 0, write: async () => {} },
      signal,
      deliver: deliverNowhere,
      onReject: view.reject,
      onSuspect: view.suspect,
      onSettled: async (now) => {
        mark = now;
        view.show(now);
      },
    });
    if (signal.aborted) throw signal.reason;
  } catch (error) {
    view.end();
    throw isBroken(error) ? explainBroken(error, input, 'Nothing was sent.') : error;
  } finally {
    await rejects?.close();
  }
  view.end();
  const { users, rejected } = mark.counts;
  const rejectsFile = rejects && rejected > 0 ? rejects.path : null;
  if (options.json) {
    printJson({
      input: input.name,
      dryRun: true,
      complete: true,
      users,
      rejected,
      suspects: view.suspects(),
      rejectsFile,
      ...view.pace(mark),
    });
  } else {
    print(`${formatCount(users, 'user')} of ${input.name} can be sent. Nothing was sent.`);
    if (rejected > 0)
      print(`${formatCount(rejected, 'record')} would be rejected${rejectsFile ? `: see ${rejectsFile}` : ''}.`);
  }
  if (rejected > 0 && users === 0 && !options.json) note(hintForNoUser(input.head));
  if (rejected > 0) process.exitCode = EXIT_CODES.incomplete;
}

async function* deliverNowhere(drafts: AsyncIterable<readonly RowDraft[]>): AsyncGenerator<SettledBatch<Row>> {
  for await (const chunk of drafts) {
    yield {
      messages: 0,
      outcomes: chunk.map((draft) =>
        draft.kind === 'user' ? { kind: 'sent', input: draft.input, messageId: '' } : draft,
      ),
    };
  }
}

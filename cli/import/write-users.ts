/** Reads users as send does, and writes them as an import takes them. */
import type { SettledBatch } from '../../producer/settle.ts';
import type { Row, RowDraft } from '../send/row.ts';
import { type Mark, type SendPlan, sendUsers } from '../send/send-users.ts';
import type { CsvWriter } from './csv-row.ts';
import { createSeenUsers, type SeenUsers } from './seen-users.ts';
import type { TextSink } from './upload.ts';

/** What is said of users that can be sent, and not be imported. */
export const IMPORT_CODES = { unwritable: 'NotForImport', repeated: 'RepeatedUser' } as const;

export interface WritePlan extends Omit<SendPlan, 'deliver' | 'onSuspect'> {
  readonly writer: CsvWriter;
  readonly sink: TextSink;
}

/**
 * Writes what is read.
 *
 * @returns where it has ended; `counts.users` were written
 */
export async function writeUsers({ writer, sink, ...plan }: WritePlan): Promise<Mark> {
  await sink.write(writer.header);
  const seen = createSeenUsers();
  return sendUsers({
    ...plan,
    // Of what may not fit, nothing is written.
    onSuspect: () => {},
    deliver: async function* (drafts): AsyncGenerator<SettledBatch<Row>> {
      for await (const chunk of drafts) {
        const lines: string[] = [];
        const outcomes = chunk.map((draft) => settle(draft, { writer, seen, lines }));
        if (lines.length > 0) await sink.write(lines.join(''));
        yield { messages: 0, outcomes };
      }
    },
  });
}

interface Writing {
  readonly writer: CsvWriter;
  readonly seen: SeenUsers;
  readonly lines: string[];
}

/** Which of two records of a user an import keeps is not documented. */
function settle(draft: RowDraft, { writer, seen, lines }: Writing): SettledBatch<Row>['outcomes'][number] {
  if (draft.kind === 'refused') return draft;
  const { input, user } = draft;
  const written = writer.write(user);
  if (written.kind === 'refused') {
    return { kind: 'refused', input, reason: { code: IMPORT_CODES.unwritable, message: written.problem } };
  }
  if (!seen.add(user.userId)) {
    const message = 'userId is in the file before, and an import may keep either; send it once the import is active';
    return { kind: 'refused', input, reason: { code: IMPORT_CODES.repeated, message } };
  }
  lines.push(written.text);
  return { kind: 'sent', input, messageId: '' };
}

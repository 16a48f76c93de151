/** Sends what is read, and keeps account of it: what is in the queue, what is rejected, and where to go on. */
import type { SettledBatch } from '../../producer/settle.ts';
import type { Format } from './format.ts';
import type { Input } from './input.ts';
import type { Position } from './position.ts';
import { type Reject, type RejectsFile, rejectOf } from './rejects-file.ts';
import type { Row, RowDraft } from './row.ts';

/** What became of the users. */
export interface Counts {
  /** In the queue. */
  readonly users: number;
  readonly messages: number;
  /** Records, or users of a line with several, that were not sent. */
  readonly rejected: number;
}

/** A place in the input before which all is settled: in the queue, or in the file of rejects. */
export interface Mark {
  readonly position: Position;
  readonly counts: Counts;
  /** How long the file of rejects is there. */
  readonly rejectsBytes: number;
}

/** Where rejects go. */
export type Rejects = Pick<RejectsFile, 'add' | 'bytes' | 'write'>;

export interface SendPlan {
  readonly input: Input;
  readonly format: Format;
  readonly from: Mark;
  readonly rejects: Rejects;
  /** Sends, and tells of each user in its order. */
  readonly deliver: (drafts: AsyncIterable<readonly RowDraft[]>) => AsyncIterable<SettledBatch<Row>>;
  /** Is told after each batch, and waited for. */
  readonly onSettled: (mark: Mark) => Promise<void>;
  readonly onReject: (reject: Reject) => void;
  /** Is told of each user that may not fit the dataset's schema, once it is sent. */
  readonly onSuspect: (row: Row) => void;
  /** When it is aborted, nothing more is read. */
  readonly signal: AbortSignal;
}

/**
 * Sends users until the input ends, or reading is ended.
 *
 * @returns where it has ended
 * @throws what reading and delivering throw. What was settled before was told of
 */
export async function sendUsers(plan: SendPlan): Promise<Mark> {
  const { rejects, from, format } = plan;
  const counts = { ...from.counts };
  let mark = from;
  for await (const { messages, outcomes } of plan.deliver(readDrafts(plan.input, format, from.position, plan.signal))) {
    counts.messages += messages;
    for (const outcome of outcomes) {
      if (outcome.kind === 'sent') {
        counts.users++;
        if (outcome.input.misfits) plan.onSuspect(outcome.input);
      } else {
        const reject = rejectOf(outcome.input, outcome.reason);
        rejects.add(reject);
        plan.onReject(reject);
        counts.rejected++;
      }
      const { end } = outcome.input;
      if (end) mark = { position: end, counts: { ...counts }, rejectsBytes: rejects.bytes() };
    }
    await rejects.write();
    await plan.onSettled(mark);
  }
  return mark;
}

async function* readDrafts(
  input: Input,
  format: Format,
  from: Position,
  signal: AbortSignal,
): AsyncGenerator<readonly RowDraft[]> {
  try {
    for await (const block of format.split(input.chunks(from.offset), from)) {
      yield format.read(block);
      if (signal.aborted) return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

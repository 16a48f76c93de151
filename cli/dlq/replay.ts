/**
 * Replays dead letters one by one: receive, send, then delete. A letter leaves the dead-letter queue only after the users
 * queue has it, so that being killed at any instant repeats letters at most. Of a message group the next one is sent only
 * after that: of what is repeated, nothing has been overtaken.
 */
import type { Letter, UnreadableLetter } from '../../aws/sqs/letter.ts';
import type { MessageReader } from '../../contract/message/read-message.ts';
import type { EditBody } from './edit.ts';
import { createGroupOrder } from './group-order.ts';
import { createRate } from './rate.ts';
import { isSelected, type Selection } from './selection.ts';
import { packReplays, type Replay, sendLetters, type UsersQueue } from './send-letters.ts';
import { createTally, type ReasonCount } from './tally.ts';
import { type LetterQueue, type RemoveLetters, type Visit, visitLetters } from './visit-letters.ts';

export interface ReplayOptions extends Selection {
  readonly from: LetterQueue;
  readonly to: UsersQueue;
  /** Letters a second. */
  readonly perSecond: number;
  /** Letters that are replayed, at most. @default all */
  readonly limit?: number | undefined;
  /**
   * When the run began, in milliseconds since the epoch by the clock of SQS. Letters that came later stay: they may be
   * replayed ones that have failed again.
   */
  readonly startedAt: number;
  /** Repairs each body first, and checks what it came to. @default bodies are replayed as they are */
  readonly edit?: { readonly editBody: EditBody; readonly readMessage: MessageReader } | undefined;
  /** Sends and deletes nothing, but edits and counts. @default false */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Is told how many letters are replayed so far. @default nobody */
  readonly onProgress?: (replayed: number) => void;
}

/** What a replay came to. */
export interface ReplayResult {
  /** Letters that were sent; in a dry run, those that would be. */
  readonly replayed: number;
  /** Letters that were selected and stay, by reason. */
  readonly stayed: readonly ReasonCount[];
  /** Of those, letters that wait for one before them in their message group. None on a standard queue. */
  readonly waiting: number;
  /** Letters that were not selected. */
  readonly notSelected: number;
  /** Letters that came while it ran. */
  readonly arrivedMeanwhile: number;
  readonly visit: Visit;
}

/** Replays. What it throws comes after all letters that were not sent are visible again. */
export async function replayLetters(options: ReplayOptions): Promise<ReplayResult> {
  const run = startRun(options);
  const visit = await visitLetters(options.from, {
    handle: run.handle,
    isEnough: () => run.left() <= 0,
    signal: options.signal,
    receivers: receiversFor(options.perSecond),
  });
  return { ...run.result(), visit };
}

/** A receiver gets some hundred letters a second. Even a slow replay passes over what is not selected quickly. */
function receiversFor(perSecond: number): number {
  return Math.min(Math.max(Math.ceil(perSecond / 50), 4), 10);
}

function startRun(options: ReplayOptions) {
  const rate = createRate(options.perSecond);
  const stayed = createTally();
  const order = createGroupOrder(options.from.fifo);
  let [left, replayed, waiting, notSelected, arrivedMeanwhile] = [
    options.limit ?? Number.POSITIVE_INFINITY,
    0,
    0,
    0,
    0,
  ];

  const mayGo = (letter: Letter): boolean => {
    const why = order.waitsFor(letter);
    if (why === undefined) return true;
    stayed.add(`behind a letter of its message group ${why}`);
    waiting++;
    return false;
  };

  const choose = (letters: readonly Letter[]): readonly Letter[] =>
    letters.filter((letter) => {
      if (letter.sentAt > options.startedAt) {
        arrivedMeanwhile++;
        order.stays(letter, 'that came meanwhile');
      } else if (!isSelected(letter, options)) {
        notSelected++;
        order.stays(letter, 'that was not selected');
      } else return left > 0 && mayGo(letter) && left-- > 0;
      return false;
    });

  const prepare = async (letters: readonly Letter[]): Promise<readonly Replay[]> => {
    const { edit } = options;
    if (!edit) return letters.map((letter) => ({ letter, body: letter.body }));
    const prepared = await Promise.all(letters.map((letter) => prepareEdited(letter, edit)));
    return prepared.flatMap((outcome, index) => {
      if (outcome.kind === 'ready') return mayGo(outcome.replay.letter) ? [outcome.replay] : [];
      stayed.add(outcome.reason);
      order.stays(letters[index]!, 'that could not be edited');
      return [];
    });
  };

  const send = async (replays: readonly Replay[], remove: RemoveLetters) => {
    for (const packed of packReplays(replays, options.to.fifo, options.to.keepsVersions)) {
      const batch = packed.filter(({ letter }) => mayGo(letter));
      if (batch.length === 0) continue;
      if (!(await rate.take(batch.length, options.signal))) return;
      const failures = await sendLetters(options.to, batch);
      for (const { replay, code } of failures) {
        stayed.add(`the users queue did not take it: ${code}`);
        order.stays(replay.letter, 'that could not be sent');
      }
      const failed = new Set(failures.map(({ replay }) => replay));
      const sent = batch.filter((replay) => !failed.has(replay)).map(({ letter }) => letter);
      replayed += sent.length;
      for (const letter of sent) order.isSent(letter);
      const gone = await remove(sent);
      for (const letter of sent) if (!gone.has(letter)) order.stays(letter, 'that was sent and could not be deleted');
      options.onProgress?.(replayed);
    }
  };

  return {
    left: () => left,
    async handle(letters: readonly Letter[], remove: RemoveLetters, received: readonly (Letter | UnreadableLetter)[]) {
      const end = order.begin(received);
      for (const each of received) if ('problem' in each) order.stays(each, 'that cannot be read');
      try {
        const replays = await prepare(choose(letters));
        if (options.dryRun) replayed += replays.length;
        else await send(replays, remove);
      } finally {
        end();
      }
    },
    result: () => ({ replayed, stayed: stayed.toArray(), waiting, notSelected, arrivedMeanwhile }),
  };
}

type Prepared =
  | { readonly kind: 'ready'; readonly replay: Replay }
  | { readonly kind: 'refused'; readonly reason: string };

async function prepareEdited(
  letter: Letter,
  { editBody, readMessage }: NonNullable<ReplayOptions['edit']>,
): Promise<Prepared> {
  const edited = await editBody(letter.body);
  if (edited.kind === 'failed') return { kind: 'refused', reason: edited.reason };
  const broken = whatBreaksTheContract(edited.body, readMessage);
  if (broken !== undefined) return { kind: 'refused', reason: `the edited body breaks the contract: ${broken}` };
  return { kind: 'ready', replay: { letter, body: edited.body } };
}

function whatBreaksTheContract(body: string, readMessage: MessageReader): string | undefined {
  const reading = readMessage(body);
  if (reading.kind === 'invalid') return reading.reason.message;
  return reading.users.find((user) => user.kind === 'invalid')?.reason.message;
}

/** `dlq replay`: dead letters back to the users queue. */
import { Command } from 'commander';
import { newSource } from '../../../aws/sqs/source.ts';
import { USERS_PER_CALL } from '../../../contract/dataset/put-users-limits.ts';
import type { TargetSettings } from '../../../contract/deployment/settings-output.ts';
import { EXIT_CODES } from '../../../contract/input/exit-codes.ts';
import { createMessageReader } from '../../../contract/message/read-message.ts';
import { messageGroup, numberFrom, wholeNumber } from '../../arguments.ts';
import { queueDepth } from '../../aws/queue-depth.ts';
import { readServerClock } from '../../aws/server-clock.ts';
import { askFor } from '../../confirmation.ts';
import { withTarget } from '../../connect.ts';
import { createEditor } from '../../dlq/edit.ts';
import { MOST_MOVES_PER_SECOND, moveAll } from '../../dlq/move-task.ts';
import { type ReplayOptions, replayLetters } from '../../dlq/replay.ts';
import { isSelected, type Selection, selectsAll } from '../../dlq/selection.ts';
import { createSupersededCounter, type Superseded, type SupersededCounter } from '../../dlq/superseded.ts';
import { type LetterQueue, visitLetters } from '../../dlq/visit-letters.ts';
import { UsageError } from '../../failure.ts';
import { withFooter } from '../../help.ts';
import { interruptionSignal } from '../../interruption.ts';
import type { Target, TargetOptions } from '../../target.ts';
import { createLiveLines, formatCount, formatDuration, formatNumber, note } from '../../terminal.ts';
import { withConnection } from '../with-connection.ts';
import { isIncomplete, noteCaveats } from './caveats.ts';
import { letterQueueOf } from './letter-queue.ts';
import { type Outcome, printOutcome } from './replay-outcome.ts';
import { type SelectionOptions, selectionOf, withSelection } from './selection-options.ts';

interface ReplayCommandOptions extends TargetOptions, SelectionOptions {
  readonly limit?: number;
  readonly rate?: number;
  readonly edit?: string;
  readonly source?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** A letter in a quarter of an hour. */
const LEAST_RATE = 0.001;

export function replayCommand(): Command {
  const command = new Command('replay').description(
    'Sends dead letters to the users queue again, and then deletes them. If it is killed, it may send a letter twice. It loses none.',
  );
  withSelection(command)
    .option('--limit <count>', 'replay this many at most', wholeNumber)
    .option(
      '--rate <number>',
      'letters a second (default: half of the PutUsers quota)',
      numberFrom(LEAST_RATE, 100_000),
    )
    .option('--edit <command>', 'repair each body with a shell command; see below')
    .option(
      '--source <name>',
      'standard queue: the name of where the messages come from (default: a new one)',
      messageGroup,
    )
    .option('--dry-run', 'only count; replay nothing')
    .option('--yes', 'do not ask')
    .action(replay);
  return withFooter(withTarget(command), DETAILS);
}

const DETAILS = `
--edit runs the command once for each body. The command reads the body, and writes the new one. If it fails, or writes what
breaks the message contract, the letter stays, and is counted with the reason.

Letters that come during a replay stay: they may be replayed ones that failed again.

On a FIFO queue, a letter that stays holds back the later letters of its message group.

Examples:
  personalize-users dlq replay --dry-run
  personalize-users dlq replay --error-code ResourceNotFoundException --since 2h
  personalize-users dlq replay --limit 10 --edit 'jq -c ".properties.age |= tonumber"'
  personalize-users dlq replay --rate 20 --yes`;

function replay(options: ReplayCommandOptions): Promise<void> {
  return withConnection(options, async (target) => {
    refuseSourceOnFifo(target, options);
    const run = await prepare(target, options);
    if (run.expected === 0) return report({ method: 'one-by-one', replayed: 0 }, target, options);
    noteSuperseded(run.superseded);
    if (!options.dryRun) await askFor(questionOf(run, target), options);
    const outcome = (await moveIfThatServes(run, target, options)) ?? (await replayOneByOne(run, target, options));
    report(outcome, target, options);
    run.signal.throwIfAborted();
  });
}

function refuseSourceOnFifo({ fifo }: Target, { source }: ReplayCommandOptions): void {
  if (source === undefined || !fifo) return;
  throw new UsageError(
    '--source is for standard queues, and the users queue is a FIFO queue.',
    'Letters keep their message groups there: leave it out.',
  );
}

/** What is decided before anything is done. */
interface Run {
  readonly from: LetterQueue;
  readonly selection: Selection;
  readonly perSecond: number;
  /** In milliseconds since the epoch, by the clock of SQS. */
  readonly startedAt: number;
  /** About how many letters it will be; undefined when nobody needs to know. */
  readonly expected: number | undefined;
  /** Of those, what is superseded by newer records; undefined when it was not asked. */
  readonly superseded: Superseded | undefined;
  readonly signal: AbortSignal;
}

async function prepare(target: Target, options: ReplayCommandOptions): Promise<Run> {
  const from = letterQueueOf(target);
  const serverNow = readServerClock(from.sqs);
  const { visible, inFlight } = await queueDepth(from.sqs, from.url);
  const now = serverNow();
  const selection = selectionOf(options, now);
  const perSecond = options.rate ?? defaultRate(target.settings);
  const signal = interruptionSignal();
  const common = { from, selection, perSecond, signal, startedAt: now + SERVER_CLOCK_PRECISION_IN_MILLISECONDS };
  const counter = options.yes ? undefined : createSupersededCounter(target);
  const count = await expected();
  const superseded = count === 0 ? undefined : await counter?.count(signal);
  return { ...common, expected: atMost(options.limit, count), superseded };

  async function expected(): Promise<number | undefined> {
    if (visible + inFlight === 0) return 0;
    if (counter) return countSelected(from, selection, signal, counter);
    if (selectsAll(selection)) return visible + inFlight;
    if (options.yes || options.dryRun) return undefined;
    return countSelected(from, selection, signal);
  }
}

/** Replies tell the time in whole seconds. */
const SERVER_CLOCK_PRECISION_IN_MILLISECONDS = 1000;

/** Letters a second that leave half of the quota to live traffic. A letter is one user, nearly always. */
function defaultRate({ requestsPerSecond }: TargetSettings): number {
  return (requestsPerSecond * USERS_PER_CALL) / 2;
}

function atMost(limit: number | undefined, count: number | undefined): number | undefined {
  return count === undefined || limit === undefined ? count : Math.min(limit, count);
}

async function countSelected(
  from: LetterQueue,
  selection: Selection,
  signal: AbortSignal,
  counter?: SupersededCounter,
): Promise<number> {
  let count = 0;
  await visitLetters(from, {
    signal,
    handle: (letters) => {
      const selected = letters.filter((letter) => isSelected(letter, selection));
      for (const letter of selected) counter?.add(letter);
      count += selected.length;
    },
  });
  signal.throwIfAborted();
  return count;
}

/** Says what a replay would not change. */
function noteSuperseded(superseded: Superseded | undefined): void {
  if (superseded?.kind === 'unknown') note(superseded.why);
  if (superseded?.kind !== 'known' || superseded.letters === 0) return;
  const letters = formatCount(superseded.letters, 'dead letter');
  note(`${letters} will be superseded: newer records of their users were delivered.`);
}

function questionOf({ expected, perSecond }: Run, { name }: Target): string {
  const letters =
    expected === undefined ? 'the selected dead letters' : `about ${formatCount(expected, 'dead letter')}`;
  const seconds = (expected ?? 0) / perSecond;
  const time = seconds < 1 ? '' : `, in ${formatDuration(seconds)}`;
  return `Replay ${letters} of ${name}, ${formatNumber(perSecond)} a second${time}?`;
}

/** @returns undefined when letters are to be replayed one by one */
async function moveIfThatServes(run: Run, target: Target, options: ReplayCommandOptions): Promise<Outcome | undefined> {
  const serves =
    target.kind === 'aws' &&
    // A move would make letters that do not say how old they are as new as the replay.
    target.settings.orderTable === undefined &&
    selectsAll(run.selection) &&
    run.perSecond >= 1 &&
    [options.limit, options.edit, options.dryRun, options.source].every((option) => option === undefined);
  if (!serves) return undefined;
  const live = createLiveLines({ silent: options.json === true });
  const move = await moveAll({
    sqs: target.sqs,
    fromArn: target.deadLetterQueueArn,
    toArn: target.queueArn,
    perSecond: Math.min(Math.floor(run.perSecond), MOST_MOVES_PER_SECOND),
    signal: run.signal,
    onProgress: (moved, total) => live.show(progressLine(moved, { ...run, expected: total ?? run.expected })),
  }).finally(live.clear);
  if (move.kind === 'moved') return { method: 'move-task', replayed: move.moved, end: move.end };
  note(`${move.reason} The letters are replayed one by one.`);
  return undefined;
}

async function replayOneByOne(run: Run, target: Target, options: ReplayCommandOptions): Promise<Outcome> {
  const live = createLiveLines({ silent: options.json === true });
  let sofar = 0;
  const replayOptions: ReplayOptions = {
    ...run,
    ...run.selection,
    to: {
      sqs: target.sqs,
      url: target.queueUrl,
      fifo: target.fifo,
      source: options.source ?? newSource('replay'),
      keepsVersions: target.settings.orderTable !== undefined,
    },
    limit: options.limit,
    dryRun: options.dryRun,
    edit: options.edit === undefined ? undefined : editWith(options.edit, target.settings, run.signal),
    onProgress: (replayed) => {
      sofar = replayed;
      live.show(progressLine(replayed, run));
    },
  };
  try {
    const result = await replayLetters(replayOptions);
    return { method: 'one-by-one', ...result };
  } catch (error) {
    live.clear();
    if (sofar > 0) note(`${formatCount(sofar, 'dead letter')} replayed before it failed.`);
    throw error;
  } finally {
    live.clear();
  }
}

function editWith(
  command: string,
  { maxPropertiesLength }: TargetSettings,
  signal: AbortSignal,
): ReplayOptions['edit'] {
  return { editBody: createEditor(command, { signal }), readMessage: createMessageReader({ maxPropertiesLength }) };
}

function progressLine(replayed: number, { expected, perSecond }: Pick<Run, 'expected' | 'perSecond'>): string {
  if (expected === undefined) return `Replayed ${formatCount(replayed, 'dead letter')}...`;
  const left = formatDuration(Math.max(expected - replayed, 0) / perSecond);
  return `Replayed ${formatNumber(replayed)} of about ${formatCount(expected, 'dead letter')}, ${left} left...`;
}

function report(outcome: Outcome, target: Target, options: ReplayCommandOptions): void {
  printOutcome(outcome, options);
  if (!outcome.visit) return;
  noteCaveats(outcome.visit, target.fifo);
  if ((outcome.stayed?.length ?? 0) > 0 || isIncomplete(outcome.visit)) process.exitCode = EXIT_CODES.incomplete;
}

/** `status`: how the pipeline is doing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { numberFrom } from '../arguments.ts';
import { queueDepth } from '../aws/queue-depth.ts';
import { withTarget } from '../connect.ts';
import { withFooter } from '../help.ts';
import { interruptionSignal } from '../interruption.ts';
import { createDeadLetterCounter } from '../status/dead-letter-counts.ts';
import { createMetricsReader } from '../status/metrics-reader.ts';
import { renderStatus } from '../status/render.ts';
import { type Status, statusOf } from '../status/status.ts';
import { createTrend } from '../status/trend.ts';
import type { Target, TargetOptions } from '../target.ts';
import { createLiveLines, isLive, print, printJson } from '../terminal.ts';
import { letterQueueOf } from './dlq/letter-queue.ts';
import { withConnection } from './with-connection.ts';

interface StatusOptions extends TargetOptions {
  /** Seconds between two looks, or true for the default. */
  readonly watch?: number | true;
}

const DEFAULT_INTERVAL_IN_SECONDS = 5;
const DAY_IN_SECONDS = 86_400;

export function statusCommand(): Command {
  const command = new Command('status')
    .option(
      '--watch [seconds]',
      `look again every so many seconds, until Ctrl-C (default: ${DEFAULT_INTERVAL_IN_SECONDS})`,
      numberFrom(0.01, DAY_IN_SECONDS),
    )
    .action(status);
  return withFooter(withTarget(command), DETAILS);
}

const DETAILS = `
Age and delivery rate come from CloudWatch, a minute or two late. To count the reasons, it receives up to 1,000 dead letters,
and gives them back at once. --watch with --json prints one document a line.

Examples:
  personalize-users status
  personalize-users status --watch
  personalize-users status --json | jq .deadLetters.total`;

function status(options: StatusOptions): Promise<void> {
  return withConnection(options, async (target) => {
    const reader = createStatusReader(target);
    try {
      if (options.watch === undefined) await showOnce(reader, options);
      else await watch(reader, options);
    } finally {
      reader.close();
    }
  });
}

async function showOnce({ read }: StatusReader, { json }: StatusOptions): Promise<void> {
  const signal = interruptionSignal();
  const now = await read(signal);
  signal.throwIfAborted();
  if (json) printJson(now);
  else print(renderStatus(now));
}

/** Ctrl-C is how it ends, and so no failure. */
async function watch({ read }: StatusReader, { json, watch: interval }: StatusOptions): Promise<void> {
  const seconds = typeof interval === 'number' ? interval : DEFAULT_INTERVAL_IN_SECONDS;
  const signal = interruptionSignal();
  const replaces = !json && isLive(process.stdout);
  const live = createLiveLines({ stream: process.stdout, silent: !replaces });
  const trend = createTrend();
  while (!signal.aborted) {
    const now = await read(signal).catch((error) => {
      if (!signal.aborted) throw error;
    });
    if (!now || signal.aborted) break;
    trend.add(now);
    if (replaces) live.show(renderStatus(now, trend));
    else print(json ? JSON.stringify(now) : `${renderStatus(now, trend)}\n`);
    await sleep(seconds * 1000, undefined, { signal }).catch(() => {});
  }
  live.end();
}

interface StatusReader {
  readonly read: (signal: AbortSignal) => Promise<Status>;
  readonly close: () => void;
}

function createStatusReader(target: Target): StatusReader {
  const metrics = createMetricsReader(target);
  const deadLetters = createDeadLetterCounter(letterQueueOf(target));
  return {
    async read(signal) {
      const [measured, letters] = await Promise.all([metrics.read(signal), deadLetters.count(signal)]);
      const depth = await queueDepth(target.sqs, target.queueUrl);
      return statusOf(target, depth, measured, letters, Date.now());
    },
    close: metrics.close,
  };
}

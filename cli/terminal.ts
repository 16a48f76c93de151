/// <reference lib="es2025.intl" />
/**
 * What is shown: results on standard output, all else on standard error, so that a pipe gets results only. Colours and
 * live lines are for terminals; NO_COLOR and FORCE_COLOR hold.
 */
import { stripVTControlCharacters, styleText } from 'node:util';
import Table from 'cli-table3';
import { createLogUpdate } from 'log-update';
import { breakLongWords } from '../contract/input/shown-text.ts';

type Style = Parameters<typeof styleText>[0];

/** Off a terminal, in a log say, a line about progress is written this often at most, in milliseconds. */
const LOG_INTERVAL_IN_MILLISECONDS = 10_000;

/** More often than this nobody can read what is new, in milliseconds. */
const REDRAW_INTERVAL_IN_MILLISECONDS = 80;

/** Whether somebody is there to be asked. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Styles a text if its stream shows colours. */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream, validateStream: true });
}

/** Prints a result. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints the result as the one JSON document that a script reads. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Says something beside the result. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Lines that are replaced by the next; off a terminal, a line now and then. */
export interface LiveLines {
  show(text: string): void;
  /** Leaves what was shown last, or what is given, for good. */
  end(text?: string): void;
  /** Removes what was shown last. */
  clear(): void;
}

export interface LiveLinesOptions {
  /** @default standard error */
  readonly stream?: NodeJS.WriteStream;
  /** Shows nothing at all. @default false */
  readonly silent?: boolean;
}

/** Makes live lines. */
export function createLiveLines({ stream = process.stderr, silent = false }: LiveLinesOptions = {}): LiveLines {
  if (silent) return { show: () => {}, end: () => {}, clear: () => {} };
  return isLive(stream) ? linesOnTerminal(stream) : linesInLog(stream);
}

/** Whether lines can be replaced there. A terminal that says it has no columns wraps after each letter. */
export function isLive(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && stream.columns !== 0;
}

function linesOnTerminal(stream: NodeJS.WriteStream): LiveLines {
  const update = createLogUpdate(stream, { showCursor: true });
  let shownAt = Number.NEGATIVE_INFINITY;
  let last: string | undefined;
  return {
    show: (text) => {
      last = text;
      const now = performance.now();
      if (now - shownAt < REDRAW_INTERVAL_IN_MILLISECONDS) return;
      shownAt = now;
      update(text);
    },
    end: (text = last) => {
      if (text !== undefined) update(text);
      update.done();
    },
    clear: () => {
      update.clear();
      update.done();
    },
  };
}

function linesInLog(stream: NodeJS.WriteStream): LiveLines {
  let shownAt = Number.NEGATIVE_INFINITY;
  let last = '';
  const write = (text: string) => {
    if (text === last) return;
    last = text;
    stream.write(`${text}\n`);
  };
  return {
    show: (text) => {
      const now = performance.now();
      if (now - shownAt < LOG_INTERVAL_IN_MILLISECONDS) return;
      shownAt = now;
      write(text);
    },
    end: (text) => {
      if (text !== undefined) write(text);
    },
    clear: () => {},
  };
}

/**
 * What others wrote, fit for a terminal: a control character would have it do something. Lines and tabs stay if they are
 * wanted.
 */
export function printable(text: string, { keepLines = false } = {}): string {
  return keepLines ? text.replace(/(?![\n\t])\p{Cc}/gu, '\uFFFD') : text.replace(/\p{Cc}+/gu, ' ');
}

/** Blanks beside what is in a cell. */
const PADDING = 2;
/** A column of texts is never narrower. */
const LEAST_COLUMN = 30;

/**
 * A table with a head, for a result.
 *
 * @param columns - how wide it may be, in characters. The last column is wrapped for that, and a word that is longer, such as an ARN,
 *   goes over lines. @default as wide as it needs
 */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns = Number.POSITIVE_INFINITY,
): string {
  const widths = head.map((title, at) => Math.max(...[title, ...rows.map((row) => row[at]!)].map(widthOf)) + PADDING);
  const others = widths.slice(0, -1).reduce((sum, width) => sum + width + 1, 2);
  const last = Math.min(widths.at(-1)!, Math.max(LEAST_COLUMN, columns - others));
  const table = new Table({
    head: head.map((title) => styled('bold', title)),
    colWidths: widths.with(-1, last),
    style: { head: [], border: [], compact: true },
    wordWrap: true,
  });
  table.push(...rows.map((row) => row.with(-1, breakLongWords(row.at(-1)!, last - PADDING))));
  return table.toString();
}

/** Of the longest line, without what only styles it. */
function widthOf(text: string): number {
  return Math.max(...text.split('\n').map((line) => stripVTControlCharacters(line).length));
}

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** Such as `12,345.6`. */
export function formatNumber(value: number): string {
  return NUMBER.format(value);
}

/** A number and its noun, such as `1 dead letter` or `2,000 dead letters`. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(count)} ${count === 1 ? noun : plural}`;
}

/** The two largest units that matter, such as `3h 12m`; `0s` for less than half a second. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'for ever';
  const whole = Math.max(0, Math.round(seconds));
  // Node 22 has no Intl.DurationFormat.
  const units = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ] as const;
  const first = units.findIndex(([count]) => count > 0);
  if (first === -1) return '0s';
  const shown = units.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count}${unit}`).join(' ');
}

/** Such as `4h 3m ago`. */
export function formatAge(at: number, now = Date.now()): string {
  return `${formatDuration((now - at) / 1000)} ago`;
}

/**
 * Defects of our own: what throws that should not. It is the failure of one message, which is retried and at last
 * dead-lettered, and it is told of: by where it was thrown, never by what the error says, which may quote a user.
 */
import { errorName } from '../../aws/error-name.ts';
import type { Reason } from '../../contract/message/reason.ts';

/** The code of the reason for what a defect of the function keeps from being delivered. */
export const INTERNAL_ERROR = 'InternalError';

/** Something that threw, each time at the same place. */
export interface Defect {
  /** The error's name. */
  readonly error: string;
  /** The lines of its stack without the message, the innermost first. */
  readonly frames: readonly string[];
  /** The messages that it happened to; none if it was about no message. */
  readonly messageIds: readonly string[];
}

/** The defects of an invocation. */
export interface Defects {
  /**
   * Takes a step for one message.
   *
   * @param otherwise - what comes of it when the step throws
   */
  guard<Result>(messageId: string, step: () => Result, otherwise: (reason: Reason) => Result): Result;
  /** Takes note of what was thrown. */
  note(thrown: unknown, messageIds: readonly string[]): Reason;
  list(): readonly Defect[];
}

/** Frames that are kept of a stack: where it was thrown, and how it came there. */
const MOST_FRAMES = 10;

/** Makes an empty list. */
export function createDefects(): Defects {
  const defects = new Map<string, { error: string; frames: readonly string[]; messageIds: Set<string> }>();
  const note = (thrown: unknown, messageIds: readonly string[]): Reason => {
    const error = nameOf(thrown);
    const frames = framesOf(thrown);
    const key = [error, ...frames].join('\n');
    const defect = defects.get(key) ?? { error, frames, messageIds: new Set() };
    defects.set(key, defect);
    for (const id of messageIds) defect.messageIds.add(id);
    return {
      code: INTERNAL_ERROR,
      message: `the function has a defect: ${error}; its log has where, by this RequestID`,
    };
  };
  return {
    note,
    guard(messageId, step, otherwise) {
      try {
        return step();
      } catch (thrown) {
        return otherwise(note(thrown, [messageId]));
      }
    },
    list: () => [...defects.values()].map((defect) => ({ ...defect, messageIds: [...defect.messageIds] })),
  };
}

/** A name may be anything that was put there, so only one that looks like a name is told. */
function nameOf(thrown: unknown): string {
  const name = errorName(thrown);
  return /^\w{1,60}$/.test(name) ? name : 'UnknownError';
}

function framesOf(thrown: unknown): readonly string[] {
  return traceOf(thrown)
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, MOST_FRAMES)
    .map((line) => line.trim());
}

/** The stack without the message, of which a line may look like a place in code. */
function traceOf(thrown: unknown): string {
  if (!(thrown instanceof Error) || typeof thrown.stack !== 'string') return '';
  const { message, stack } = thrown;
  return typeof message === 'string' && stack.includes(message)
    ? stack.slice(stack.indexOf(message) + message.length)
    : stack;
}

/** A line of V8's stack: a place in code. A line of the message may look like it begins, and does not end so. */
const FRAME = /^ {4}at (.* \()?\S+:\d+:\d+\)?$/;

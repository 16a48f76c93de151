/** Between the machines and AWS: what gets there, what comes back, how long it takes, and what is lost on the way. */

import type { Random } from '../../local/random.ts';
import type { Faults } from '../faults.ts';
import type { Journal } from '../journal.ts';
import type { Machine } from '../machine/machine.ts';
import type { SimulatedRequest, SimulatedResponse } from '../machine/platform.ts';
import type { Timeline } from '../machine/timeline.ts';
import { serialsIn } from '../records.ts';
import { errorReply, type Sender, type Sqs } from './sqs.ts';
import { tableError, type VersionsTable } from './versions-table.ts';

/** PutUsers, as the network sees it. */
export interface CallTaker {
  /** A call leaves a machine. */
  onSent(from: Sender, body: string): void;
  /** It arrives. */
  answer(from: Sender, body: string): SimulatedResponse;
  /** Its answer is there. */
  onAnswered(from: Sender, body: string, response: SimulatedResponse): void;
}

export interface NetworkOptions {
  readonly timeline: Timeline;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly random: Random;
  readonly aws: Machine;
  readonly sqs: Sqs;
  readonly putUsers: CallTaker;
  /** The table of versions. */
  readonly table: VersionsTable;
  /** Who sends, and what it works on at that moment. */
  readonly senderOf: (machine: Machine) => Sender;
  /** May strike a machine at a request or an answer. */
  readonly strike: (machine: Machine, where: string) => void;
}

/** A connection that breaks off after this long without an answer, in milliseconds. */
const SILENCE = 130_000;

/** What takes longer than this is slow, in milliseconds. */
const LONG = 500;

/** Whether something went wrong, or an entry of a batch did. */
const isTrouble = ({ statusCode, body }: SimulatedResponse) => statusCode >= 400 || /"Failed":\s*\[\s*\{/.test(body);

interface Fate {
  readonly isDone: boolean;
  readonly answer: 'comes' | 'isLost' | 'neverComes';
  readonly milliseconds: number;
  readonly instead?: SimulatedResponse;
  /** When it takes effect, in milliseconds. @default with the half of the time, and soon */
  readonly effectAfter?: number;
}

export function createNetwork({
  timeline,
  faults,
  journal,
  random,
  aws,
  sqs,
  putUsers,
  table,
  senderOf,
  strike,
}: NetworkOptions) {
  const later = (machine: Machine, milliseconds: number) =>
    new Promise<void>((resolve) => timeline.schedule(machine, milliseconds, resolve));

  const fateOfCall = (where: string): Fate => {
    const milliseconds =
      30 + 60 * random() + (faults.happens('putUsers.slow', where) ? faults.between('putUsers.slow', 500, 9_000) : 0);
    const unreadable = {
      statusCode: random() < 0.5 ? 502 : 400,
      headers: { 'content-type': 'text/html' },
      body: '<html>Bad Gateway</html>',
    };
    if (faults.happens('putUsers.requestLost', where)) return { isDone: false, answer: 'isLost', milliseconds };
    if (faults.happens('putUsers.replyLost', where)) return { isDone: true, answer: 'isLost', milliseconds };
    if (faults.happens('putUsers.silent', where)) return { isDone: true, answer: 'neverComes', milliseconds };
    if (faults.happens('putUsers.hangs', where)) return { isDone: false, answer: 'neverComes', milliseconds };
    if (faults.happens('putUsers.lingers', where)) {
      const effectAfter = faults.between('putUsers.lingers', 1_000, 50_000);
      return { isDone: true, answer: 'neverComes', milliseconds, effectAfter };
    }
    if (faults.happens('putUsers.unreadable', where))
      return { isDone: false, answer: 'comes', milliseconds, instead: unreadable };
    return { isDone: true, answer: 'comes', milliseconds };
  };

  const fateOfRequest = (where: string): Fate => {
    const milliseconds =
      5 + 15 * random() + (faults.happens('sqs.slow', where) ? faults.between('sqs.slow', 500, 9_000) : 0);
    if (faults.happens('sqs.requestLost', where)) return { isDone: false, answer: 'isLost', milliseconds };
    if (faults.happens('sqs.replyLost', where)) return { isDone: true, answer: 'isLost', milliseconds };
    if (faults.happens('sqs.silent', where)) return { isDone: true, answer: 'neverComes', milliseconds };
    if (faults.happens('sqs.serverError', where))
      return {
        isDone: false,
        answer: 'comes',
        milliseconds,
        instead: errorReply('ServiceUnavailable', 503, 'try again'),
      };
    if (faults.happens('sqs.throttled', where))
      return {
        isDone: false,
        answer: 'comes',
        milliseconds,
        instead: errorReply('RequestThrottled', 400, 'slow down'),
      };
    return { isDone: true, answer: 'comes', milliseconds };
  };

  let tableGoneUntil = 0;
  const fateOfWrite = (where: string): Fate => {
    const milliseconds =
      3 + 10 * random() + (faults.happens('table.slow', where) ? faults.between('table.slow', 500, 9_000) : 0);
    const instead = (code: string, status: number): Fate => ({
      isDone: false,
      answer: 'comes',
      milliseconds,
      instead: tableError(code, status),
    });
    if (faults.happens('table.gone', where))
      tableGoneUntil = timeline.now() + faults.between('table.gone', 10_000, 200_000);
    if (timeline.now() < tableGoneUntil && faults.rateOf('table.gone') > 0)
      return instead('ResourceNotFoundException', 400);
    if (faults.happens('table.requestLost', where)) return { isDone: false, answer: 'isLost', milliseconds };
    if (faults.happens('table.replyLost', where)) return { isDone: true, answer: 'isLost', milliseconds };
    if (faults.happens('table.silent', where)) return { isDone: true, answer: 'neverComes', milliseconds };
    if (faults.happens('table.serverError', where)) return instead('InternalServerError', 500);
    if (faults.happens('table.throttled', where)) return instead('ProvisionedThroughputExceededException', 400);
    return { isDone: true, answer: 'comes', milliseconds };
  };

  const exchange = async (
    request: SimulatedRequest,
    from: Machine,
    abandoned: AbortSignal | undefined,
  ): Promise<SimulatedResponse> => {
    const isCall = request.hostname.startsWith('personalize-events.');
    const isWrite = request.hostname.startsWith('dynamodb.');
    const target = request.headers['x-amz-target'] ?? '';
    const action = isCall ? 'PutUsers' : target.slice(target.indexOf('.') + 1);
    const serials = serialsIn(request.body);
    strike(from, `before ${action}`);
    if (from.isDead) return never();
    journal.note(from.name, `asks for ${action}`, serials);
    const sender = senderOf(from);
    if (isCall) putUsers.onSent(sender, request.body);
    const fateOf = isCall ? fateOfCall : isWrite ? fateOfWrite : fateOfRequest;
    const { isDone, answer, milliseconds, instead, effectAfter } = fateOf(action);
    // What takes long, takes long to be answered: who gave up on it does not see it happen later.
    const outward = effectAfter ?? Math.min(milliseconds / 2, 300);
    await later(aws, outward);
    let response = instead;
    if (isDone) {
      response = await aws.run(() =>
        isCall
          ? putUsers.answer(sender, request.body)
          : isWrite
            ? table.answer(target, request.body)
            : sqs.answer(target, request.body, sender),
      );
    }
    if (sender.invocation && (answer !== 'comes' || isTrouble(response!) || milliseconds > LONG))
      sender.invocation.isTroubled = true;
    if (answer === 'neverComes') await later(aws, SILENCE);
    await later(from, Math.max(0, milliseconds - outward));
    strike(from, `after ${action}`);
    if (from.isDead) return never();
    if (answer !== 'comes') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    journal.note(from.name, `is answered ${response!.statusCode} for ${action}`, serials);
    if (isCall && !abandoned?.aborted) putUsers.onAnswered(sender, request.body, response!);
    return response!;
  };

  return {
    /** Answers a request, or throws as a connection does. */
    request(request: SimulatedRequest, from: Machine, abandoned: AbortSignal | undefined): Promise<SimulatedResponse> {
      const { promise, resolve, reject } = Promise.withResolvers<SimulatedResponse>();
      const abandon = () => reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
      if (abandoned?.aborted) {
        abandon();
        return promise;
      }
      abandoned?.addEventListener('abort', abandon, { once: true });
      exchange(request, from, abandoned)
        .then(resolve, reject)
        .finally(() => abandoned?.removeEventListener('abort', abandon));
      return promise;
    },
  };
}

/** What a machine waits for that is dead. */
function never(): Promise<never> {
  return new Promise(() => {});
}

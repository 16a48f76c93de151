/**
 * One user, some records of it, some environments: every interleaving of what they, the table of versions, PutUsers and the queue
 * may do, over the decisions of `lambda/core/order/lease.ts`. Whatever takes time may take any time that the protocol
 * assumes, and whoever can die dies at every step.
 */
import { type Erasure, erasureOf, type Remembered, type Tombstone } from '../../cli/erase/tombstone.ts';
import * as lease from '../../lambda/core/order/lease.ts';

/** The decisions that are explored. A planted fault replaces some. */
export type Protocol = Pick<
  typeof lease,
  | 'mayLease'
  | 'afterLease'
  | 'mayEnd'
  | 'afterEnd'
  | 'leaseUntil'
  | 'admissionOf'
  | 'isSuperseded'
  | 'endOf'
  | 'problemWithEnd'
> & {
  readonly erasureOf: (stored: Remembered, tombstone: Tombstone) => Erasure;
};

export const PROTOCOL: Protocol = { ...lease, erasureOf };

export interface Scope {
  readonly environments: number;
  /** Of each record, its version. */
  readonly records: readonly number[];
  /** Versions that PutUsers refuses. */
  readonly refused: readonly number[];
  /** How often the records are received in all. */
  readonly receives: number;
  /** Attempts at a call within a run. @default 2 */
  readonly attempts?: number;
  /** How long after a call was sent it may take effect, in ticks. @default what the protocol assumes, 1 */
  readonly lingers?: number;
  /** The user is erased at some time, with a tombstone of this version. @default never */
  readonly tombstone?: number;
}

/** As long as a call may linger, and as an invocation may last: the finest time that matters. */
const TICK = lease.CALL_LINGERS_IN_MILLISECONDS;

type RecordState = 'queued' | 'delivered' | 'superseded' | 'dead';

interface Call {
  readonly version: number;
  readonly sentAt: number;
  /** The run that waits for the answer; it may have ended. */
  readonly run: number;
  readonly attempt: number;
  /** It has taken effect. */
  readonly done: boolean;
}

type Write =
  | { readonly kind: 'lease'; readonly run: number; readonly request: lease.LeaseRequest }
  | { readonly kind: 'end'; readonly run: number; readonly end: lease.LeaseEnd };

type Phase =
  | { readonly kind: 'asks'; readonly request: lease.LeaseRequest }
  | { readonly kind: 'mayCall'; readonly hold: lease.Hold; readonly attempts: number }
  | { readonly kind: 'calls'; readonly hold: lease.Hold; readonly attempts: number }
  /** `taken`: PutUsers has taken the record, whatever the protocol makes of it. */
  | { readonly kind: 'ends'; readonly end: lease.LeaseEnd; readonly taken: boolean };

interface Run {
  readonly id: number;
  readonly endsAt: number;
  /** Indexes of the records, the newest first. */
  readonly records: readonly number[];
  /** The one whose turn it is. */
  readonly at: number;
  readonly phase: Phase;
}

interface State {
  readonly now: number;
  readonly table: lease.StoredVersion;
  /** The version that the dataset holds; 0 for none. */
  readonly dataset: number;
  readonly records: readonly RecordState[];
  readonly receives: number;
  readonly environments: readonly (Run | undefined)[];
  readonly calls: readonly Call[];
  readonly writes: readonly Write[];
  readonly runs: number;
  /** The tombstone is written. */
  readonly erased: boolean;
}

interface Step {
  readonly name: string;
  readonly next: State;
  readonly isCrash?: boolean;
}

/** What was explored. */
export interface Exploration {
  readonly states: number;
  readonly steps: number;
  /** Of the steps, those in which an environment dies. */
  readonly crashes: number;
  /** Ways from the beginning to an end. */
  readonly interleavings: bigint;
  /** What goes wrong, and the steps that lead to it; undefined if nothing does. */
  readonly violation: { readonly problem: string; readonly steps: readonly string[] } | undefined;
}

class Violation extends Error {}

/** Explores all of it, or up to the first violation. */
export function explore(scope: Scope, protocol: Protocol = PROTOCOL): Exploration {
  const ways = new Map<string, bigint>();
  const path: string[] = [];
  const counts = { steps: 0, crashes: 0 };

  interface Frame {
    readonly key: string;
    readonly state: State;
    readonly steps: readonly Step[];
    at: number;
    ways: bigint;
  }
  const open = (state: State): Frame => {
    const key = keyOf(state);
    ways.set(key, 0n);
    const steps = successors(state, scope, protocol);
    counts.steps += steps.length;
    counts.crashes += steps.filter(({ isCrash }) => isCrash).length;
    return { key, state, steps, at: 0, ways: 0n };
  };
  try {
    const stack = [open(initial(scope))];
    while (stack.length > 0) {
      const frame = stack.at(-1)!;
      const step = frame.steps[frame.at++];
      if (!step) {
        if (frame.steps.length === 0) {
          checkEnd(frame.state, scope);
          frame.ways = 1n;
        }
        ways.set(frame.key, frame.ways);
        stack.pop();
        path.pop();
        const before = stack.at(-1);
        if (before) before.ways += frame.ways;
        continue;
      }
      const known = ways.get(keyOf(step.next));
      if (known !== undefined) {
        frame.ways += known;
        continue;
      }
      path.push(step.name);
      stack.push(open(step.next));
    }
    return { ...counts, states: ways.size, interleavings: ways.get(keyOf(initial(scope)))!, violation: undefined };
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return {
      ...counts,
      states: ways.size,
      interleavings: 0n,
      violation: { problem: error.message, steps: path },
    };
  }
}

function initial({ records, environments }: Scope): State {
  return {
    now: 0,
    table: {},
    dataset: 0,
    records: records.map(() => 'queued' as const),
    receives: 0,
    environments: Array.from({ length: environments }, () => undefined),
    calls: [],
    writes: [],
    runs: 0,
    erased: false,
  };
}

/** States that differ in what the clock says, or in what environments are called, are one. */
function keyOf(state: State): string {
  const names = new Map<number, number>();
  const nameOf = (run: number) => {
    if (!names.has(run)) names.set(run, names.size);
    return names.get(run)!;
  };
  const since = (time: number | undefined) =>
    time === undefined ? '' : Math.max(-1, Math.ceil((time - state.now) / TICK));
  const holdOf = (hold: lease.Hold) =>
    [
      hold.request.version,
      nameOf(Number(hold.request.owner)),
      hold.stored.delivered ?? '',
      Number(hold.mayLinger),
    ].join();
  const endKey = (end: lease.LeaseEnd) => [nameOf(Number(end.owner)), end.delivered ?? '', since(end.keptUntil)].join();
  const runs = state.environments.map((run) => {
    if (!run) return '-';
    const { phase } = run;
    const what =
      phase.kind === 'asks'
        ? `${phase.request.version}`
        : phase.kind === 'ends'
          ? `${endKey(phase.end)},${Number(phase.taken)}`
          : `${holdOf(phase.hold)}:${phase.attempts}`;
    return [nameOf(run.id), since(run.endsAt), run.records.join('.'), run.at, phase.kind, what].join(';');
  });
  const calls = state.calls
    .map(({ version, sentAt, run, attempt, done }) =>
      [version, since(sentAt), nameOf(run), attempt, Number(done)].join(),
    )
    .sort();
  const writes = state.writes
    .map((write) =>
      write.kind === 'lease'
        ? ['l', nameOf(write.run), write.request.version, since(write.request.until), since(write.request.now)].join()
        : ['e', nameOf(write.run), endKey(write.end)].join(),
    )
    .sort();
  const { delivered, owner, until } = state.table;
  const table = [delivered ?? '', owner === undefined ? '' : nameOf(Number(owner)), since(until)].join();
  return [
    runs.join('|'),
    table,
    state.dataset,
    state.records.join(),
    state.receives,
    calls.join('|'),
    writes.join('|'),
    Number(state.erased),
  ].join('/');
}

function successors(state: State, scope: Scope, protocol: Protocol): readonly Step[] {
  return [
    ...starts(state, scope, protocol),
    ...state.environments.flatMap((run, index) => (run ? stepsOf(run, index, state, scope, protocol) : [])),
    ...state.writes.flatMap((write) => writeSteps(write, state, scope, protocol)),
    ...state.calls.flatMap((call) => callSteps(call, state, scope)),
    ...erasing(state, scope, protocol),
    ...tick(state, scope),
  ];
}

/** The tombstone is written, at any time at which it may be. */
function erasing(state: State, { tombstone }: Scope, protocol: Protocol): readonly Step[] {
  if (tombstone === undefined || state.erased) return [];
  const version = BigInt(tombstone);
  if (protocol.erasureOf(state.table, { version, now: state.now }).kind !== 'written') return [];
  return [{ name: 'the user is erased', next: { ...state, table: { delivered: version }, erased: true } }];
}

/** An environment receives one record or several, also some that another one has at hand: SQS delivers at least once. */
function starts(state: State, { environments, records, receives }: Scope, protocol: Protocol): readonly Step[] {
  const index = state.environments.indexOf(undefined);
  const queued = records.flatMap((_, record) => (state.records[record] === 'queued' ? [record] : []));
  if (index === -1 || environments === 0) return [];
  return subsets(queued).flatMap((chosen) => {
    if (state.receives + chosen.length > receives) return [];
    const newestFirst = chosen.toSorted((a, b) => records[b]! - records[a]!);
    const id = state.runs;
    const endsAt = state.now + TICK;
    const request: lease.LeaseRequest = {
      userId: 'u',
      version: BigInt(records[newestFirst[0]!]!),
      owner: String(id),
      now: state.now,
      until: protocol.leaseUntil(endsAt),
    };
    const run: Run = { id, endsAt, records: newestFirst, at: 0, phase: { kind: 'asks', request } };
    return [
      {
        name: `run ${id} receives ${newestFirst.map((record) => records[record]).join()} and asks for the lease`,
        next: {
          ...withRun(state, index, run),
          runs: id + 1,
          receives: state.receives + chosen.length,
          writes: [...state.writes, { kind: 'lease', run: id, request }],
        },
      },
    ];
  });
}

function stepsOf(run: Run, index: number, state: State, scope: Scope, protocol: Protocol): readonly Step[] {
  const version = scope.records[run.records[run.at]!]!;
  const crash: Step = { name: `run ${run.id} dies`, next: retried(run, index, state, scope), isCrash: true };
  const { phase } = run;
  switch (phase.kind) {
    case 'asks':
      return [crash, { name: `run ${run.id} has no answer from the table`, next: retried(run, index, state, scope) }];
    case 'mayCall': {
      const attempt = phase.attempts + 1;
      const call: Call = { version, sentAt: state.now, run: run.id, attempt, done: false };
      return [
        crash,
        {
          name: `run ${run.id} calls PutUsers with ${version}`,
          next: {
            ...withRun(state, index, { ...run, phase: { ...phase, kind: 'calls', attempts: attempt } }),
            calls: [...state.calls, call],
          },
        },
        {
          name: `run ${run.id} gives up`,
          next: ending(run, index, state, protocol.endOf(phase.hold, undefined, state.now), false),
        },
      ];
    }
    case 'calls': {
      const answered = state.calls.find((call) => isAnswerOf(call, run, version));
      const hold = { ...phase.hold, mayLinger: true };
      const steps: Step[] = [
        crash,
        {
          name: `run ${run.id} has no answer from PutUsers`,
          next:
            phase.attempts < (scope.attempts ?? 2)
              ? withRun(state, index, { ...run, phase: { kind: 'mayCall', hold, attempts: phase.attempts } })
              : ending(run, index, state, protocol.endOf(hold, undefined, state.now), false),
        },
      ];
      if (answered?.done) {
        const end = protocol.endOf(phase.hold, BigInt(version), state.now);
        steps.push({
          name: `run ${run.id} hears that ${version} is taken`,
          next: ending(run, index, { ...state, calls: without(state.calls, answered) }, end, true),
        });
      }
      if (answered && scope.refused.includes(version)) {
        steps.push({
          name: `run ${run.id} hears that ${version} is refused`,
          next: refused(run, index, { ...state, calls: without(state.calls, answered) }, phase.hold, scope, protocol),
        });
      }
      return steps;
    }
    case 'ends':
      return [
        crash,
        {
          name: `run ${run.id} has no answer to its end`,
          next: settled(run, index, state, phase, NO_ANSWER, scope, protocol),
        },
      ];
  }
}

const NO_ANSWER: lease.LeaseEndReply = { kind: 'failed', reason: { code: 'TimeoutError', message: 'no reply' } };

/** A refused record is dead; the next older one has its turn, if it is not too old. */
function refused(run: Run, index: number, state: State, hold: lease.Hold, scope: Scope, protocol: Protocol): State {
  const dead = withRecord(state, run.records[run.at]!, 'dead');
  const next = run.records[run.at + 1];
  if (next === undefined) return ending(run, index, dead, protocol.endOf(hold, undefined, state.now), false);
  if (protocol.isSuperseded(BigInt(scope.records[next]!), hold.stored)) {
    const older = run.records.slice(run.at + 1).reduce((sofar, record) => supersede(sofar, record), dead);
    return ending({ ...run, at: run.records.length }, index, older, protocol.endOf(hold, undefined, state.now), false);
  }
  return withRun(dead, index, { ...run, at: run.at + 1, phase: { kind: 'mayCall', hold, attempts: 0 } });
}

function ending(run: Run, index: number, state: State, end: lease.LeaseEnd, taken: boolean): State {
  return {
    ...withRun(state, index, { ...run, phase: { kind: 'ends', end, taken } }),
    writes: [...state.writes, { kind: 'end', run: run.id, end }],
  };
}

/** What a write to the table comes to: it is made, at whatever time, or never. */
function writeSteps(write: Write, state: State, scope: Scope, protocol: Protocol): readonly Step[] {
  const writes = without(state.writes, write);
  const index = state.environments.findIndex((run) => run?.id === write.run);
  const run = state.environments[index];
  const lost: Step[] = run ? [] : [{ name: `a write of run ${write.run} is lost`, next: { ...state, writes } }];
  if (write.kind === 'lease') {
    const isGiven = protocol.mayLease(state.table, write.request);
    const table = isGiven ? protocol.afterLease(state.table, write.request) : state.table;
    const reply: lease.LeaseReply = { kind: isGiven ? 'leased' : 'refused', stored: state.table };
    const after = { ...state, writes, table };
    const waits = run?.phase.kind === 'asks';
    const next = waits ? asked(run, index, after, reply, scope, protocol) : after;
    return [...lost, { name: `the table ${isGiven ? 'gives' : 'refuses'} run ${write.run} the lease`, next }];
  }
  const isDone = protocol.mayEnd(state.table, write.end);
  const table = isDone ? protocol.afterEnd(state.table, write.end) : state.table;
  const reply: lease.LeaseEndReply = isDone ? { kind: 'ended' } : { kind: 'refused', stored: state.table };
  const after = { ...state, writes, table };
  const phase = run?.phase;
  const next = run && phase?.kind === 'ends' ? settled(run, index, after, phase, reply, scope, protocol) : after;
  return [...lost, { name: `the table ${isDone ? 'ends' : 'does not end'} the lease of run ${write.run}`, next }];
}

function asked(
  run: Run,
  index: number,
  state: State,
  reply: lease.LeaseReply,
  scope: Scope,
  protocol: Protocol,
): State {
  if (run.phase.kind !== 'asks') throw new Error('not asked');
  const { request } = run.phase;
  const admission = protocol.admissionOf(reply, request);
  switch (admission.kind) {
    case 'call':
      return withRun(state, index, {
        ...run,
        phase: {
          kind: 'mayCall',
          hold: { request, stored: reply.kind === 'failed' ? {} : reply.stored, mayLinger: false },
          attempts: 0,
        },
      });
    case 'superseded':
      return withRun(
        run.records.reduce((sofar, record) => supersede(sofar, record), state),
        index,
        undefined,
      );
    default:
      return retried(run, index, state, scope);
  }
}

/** The records of a run get what its last step came to. */
function settled(
  run: Run,
  index: number,
  state: State,
  { end, taken }: Phase & { kind: 'ends' },
  reply: lease.LeaseEndReply,
  scope: Scope,
  protocol: Protocol,
): State {
  if (!taken || protocol.problemWithEnd(end, reply) !== undefined) return retried(run, index, state, scope);
  const [record, ...older] = run.records.slice(run.at);
  if (record === undefined) return withRun(state, index, undefined);
  const version = scope.records[record]!;
  if (state.dataset < version)
    throw new Violation(`${version} is acknowledged, and the dataset holds ${state.dataset}`);
  const after = older.reduce((sofar, each) => supersede(sofar, each), withRecord(state, record, 'delivered'));
  return withRun(after, index, undefined);
}

/** A call takes effect, as late as it may, or never. */
function callSteps(call: Call, state: State, scope: Scope): readonly Step[] {
  const calls = without(state.calls, call);
  const run = state.environments.find((each) => each?.id === call.run);
  const isAwaited = run !== undefined && isAnswerOf(call, run, scope.records[run.records[run.at]!]!);
  const isRefused = scope.refused.includes(call.version);
  // A call that was refused is answered, unless the answer is lost; one that has taken effect has nothing more to do.
  if (call.done || isRefused)
    return isAwaited ? [] : [{ name: `the call with ${call.version} is over`, next: { ...state, calls } }];
  const newest = Math.max(0, ...scope.records.filter((_, record) => state.records[record] === 'delivered'));
  if (call.version < newest) throw new Violation(`${call.version} undoes ${newest}, which was acknowledged`);
  if (state.erased && call.version < scope.tombstone!)
    throw new Violation(`${call.version} brings an erased user back`);
  return [
    { name: `the call with ${call.version} is lost`, next: { ...state, calls } },
    {
      name: `the call with ${call.version} takes effect`,
      next: { ...state, dataset: call.version, calls: [...calls, { ...call, done: true }] },
    },
  ];
}

/** Whether a run waits for the answer to a call. */
function isAnswerOf(call: Call, { id, phase }: Run, version: number | undefined): boolean {
  return phase.kind === 'calls' && call.run === id && call.attempt === phase.attempts && call.version === version;
}

/** Time goes on, if nothing must happen first. Invocations that are over are cut off. */
function tick(state: State, { lingers = 1, ...scope }: Scope): readonly Step[] {
  const now = state.now + TICK;
  if (state.calls.some(({ sentAt, done }) => !done && sentAt + lingers * TICK < now)) return [];
  const isWaitedFor = state.table.until !== undefined && state.table.until >= state.now;
  const isRunning = state.environments.some((run) => run !== undefined);
  if (!isWaitedFor && !isRunning && state.calls.length === 0 && state.writes.length === 0) return [];
  const cut = state.environments.reduce<State>(
    (sofar, run, index) => (run && run.endsAt < now ? retried(run, index, sofar, scope as Scope) : sofar),
    { ...state, now },
  );
  return [{ name: 'a minute passes', next: cut }];
}

/** The run is over; what it has not settled is received again, as long as that goes on, and is dead then. */
function retried(run: Run, index: number, state: State, { receives }: Scope): State {
  const after = withRun(state, index, undefined);
  if (state.receives < receives) return after;
  return run.records.reduce(
    (sofar, record) =>
      sofar.records[record] === 'queued' && !isAtHand(record, sofar) ? withRecord(sofar, record, 'dead') : sofar,
    after,
  );
}

function isAtHand(record: number, { environments }: State): boolean {
  return environments.some((run) => run?.records.includes(record));
}

function supersede(state: State, record: number): State {
  return state.records[record] === 'queued' ? withRecord(state, record, 'superseded') : state;
}

/** Throws once all is over and the dataset is not what it should be. */
function checkEnd(state: State, { records, tombstone = 0 }: Scope): void {
  const owed = Math.max(
    0,
    ...records
      .filter((_, record) => ['delivered', 'superseded'].includes(state.records[record]!))
      // Nobody is owed what the tombstone superseded.
      .filter((version) => !state.erased || version > tombstone),
  );
  if (state.dataset < owed) throw new Violation(`at the end the dataset holds ${state.dataset}, and should ${owed}`);
}

function withRun(state: State, index: number, run: Run | undefined): State {
  return { ...state, environments: state.environments.with(index, run) };
}

function withRecord(state: State, record: number, what: RecordState): State {
  // Delivered twice, since it was received twice: the first counts.
  return state.records[record] === 'delivered' ? state : { ...state, records: state.records.with(record, what) };
}

function without<Item>(items: readonly Item[], item: Item): readonly Item[] {
  const index = items.indexOf(item);
  return items.toSpliced(index, 1);
}

function subsets(items: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: 2 ** items.length - 1 }, (_, set) =>
    items.filter((_, place) => ((set + 1) >> place) & 1),
  );
}

/** `npm start`: what deploys, on this machine. See `npm start -- --help`. */
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Listr, type ListrTaskWrapper } from 'listr2';
import { EXIT_CODES } from '../contract/input/exit-codes.ts';
import { announceWorld } from './announce-world.ts';
import { readArguments } from './arguments.ts';
import { readDeadLetters } from './dead-letters.ts';
import { type Line, readLines, sendLines } from './message-file.ts';
import { renderCommands } from './paste.ts';
import { createProgressFilter, progressOf } from './progress.ts';
import { renderResult } from './report.ts';
import { SynthesisError, WrongSettingError } from './synthesize.ts';
import { UnusableFileError } from './unusable-file.ts';
import { FunctionBrokenError, readSchema, startWorld, synthesizeWorld, type World } from './world.ts';

const fromProject = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const SAMPLES = { users: fromProject('samples/users.jsonl'), schema: fromProject('samples/users-schema.avsc') };
const ASSEMBLY = fromProject('.local/cdk.out');

/** A server that is told to end has ended well; so it is only without --serve that these count. */
const EXIT_BY_SIGNAL = { SIGINT: EXIT_CODES.interrupted, SIGTERM: EXIT_CODES.terminated };

interface Progress {
  lines: readonly Line[];
  world?: World;
}

async function main(): Promise<number> {
  const args = readArguments(process.argv, SAMPLES);
  const interrupted = new AbortController();
  for (const [signal, exitCode] of Object.entries(EXIT_BY_SIGNAL)) {
    process.on(signal, () => {
      if (interrupted.signal.aborted) process.exit(exitCode);
      interrupted.abort(exitCode);
    });
  }
  const skip = () => interrupted.signal.aborted;

  const progress: Progress = { lines: [] };
  try {
    await new Listr<Progress>(
      [
        {
          title: 'Read the messages',
          enabled: () => args.users !== undefined,
          task: async (run, task) => {
            run.lines = await readLines(args.users!);
            task.title = `Read ${run.lines.length} messages from ${relative('', args.users!)}`;
          },
        },
        {
          title: 'Synthesize the stack',
          task: async (_, task) => {
            await readSchema(args.schema);
            const schema = args.schema !== undefined && { schemaFile: resolve(args.schema) };
            await synthesizeWorld({ ...schema, ...args.context }, ASSEMBLY, interrupted.signal);
            task.title = `Synthesized the stack to ${relative('', ASSEMBLY)}`;
          },
        },
        {
          title: 'Start the queues, the function and PutUsers from its template',
          skip,
          task: async (run) => {
            const onLog = args.logs ? (line: string) => process.stderr.write(`${line}\n`) : undefined;
            run.world = await startWorld({
              ...args,
              onLog,
              onReceiveError: sayOnce(),
              random: Math.random,
              assemblyDirectory: ASSEMBLY,
            });
          },
        },
        {
          title: 'Send the messages',
          skip,
          enabled: () => args.users !== undefined,
          task: async ({ lines, world }, task) => {
            const refused = await sendLines(world!.sqsClient, world!.endpoints.queueUrl, lines);
            for (const { line, reason } of refused)
              console.error(`Line ${line.number} was not taken by the queue: ${reason}`);
            if (refused.length > 0) process.exitCode = 1;
            task.title = `Sent ${lines.length - refused.length} messages to the users queue`;
          },
        },
        {
          title: 'Put the users into the dataset',
          skip,
          enabled: () => args.users !== undefined,
          rendererOptions: { outputBar: true, persistentOutput: false },
          task: ({ world }, task) => settle(world!, task, interrupted.signal),
        },
      ],
      { concurrent: false, ctx: progress, registerSignalListeners: false },
    ).run();

    const { world, lines } = progress;
    if (args.users !== undefined && !interrupted.signal.aborted) await printResult(world!, lines.length);
    if (args.serve && !interrupted.signal.aborted) await serve(world!, interrupted.signal);
    return interrupted.signal.aborted && !args.serve ? interrupted.signal.reason : Number(process.exitCode ?? 0);
  } catch (error) {
    // The list of tasks has shown what it says.
    if (error instanceof WrongSettingError) return EXIT_CODES.usage;
    if (isForTheUser(error)) return EXIT_CODES.failed;
    throw error;
  } finally {
    await progress.world?.stop();
  }
}

/** Says each error on standard error: it comes again with each receive. */
function sayOnce(): (error: Error) => void {
  const said = new Set<string>();
  return ({ message }) => {
    if (!said.has(message)) process.stderr.write(`${message}\n`);
    said.add(message);
  };
}

/** Shows how far it is until every message has left the queue. */
async function settle(
  world: World,
  task: ListrTaskWrapper<Progress, never, never>,
  interrupted: AbortSignal,
): Promise<void> {
  const isWorthShowing = createProgressFilter(process.stdout.isTTY === true, performance.now.bind(performance));
  for await (const state of world.untilEmpty(interrupted)) {
    const line = progressOf(state);
    if (isWorthShowing(line)) task.output = line;
  }
  task.title = interrupted.aborted ? 'Interrupted' : 'Every message is settled';
}

async function printResult(world: World, messages: number): Promise<void> {
  console.log(
    renderResult({
      messages,
      users: world.users.size,
      deadLetters: await readDeadLetters(world.sqsClient, world.endpoints.deadLetterQueueUrl),
      statistics: world.statistics(),
      invocations: world.tally().batches,
    }),
  );
}

async function serve(world: World, interrupted: AbortSignal): Promise<void> {
  const withdraw = await announceWorld(world).catch((error: unknown) => {
    if (!(error instanceof UnusableFileError)) throw error;
    console.error(`${error.message} So the command line does not find this world with --local.`);
    return async () => {};
  });
  console.log(renderCommands(world.endpoints));
  console.log('  Ctrl-C ends it; what is in the queues and the dataset is gone then.');
  await new Promise((resolve) => {
    // Something must keep the process alive even when nothing happens.
    const alive = setInterval(() => undefined, 60_000);
    interrupted.addEventListener('abort', () => {
      clearInterval(alive);
      resolve(undefined);
    });
  });
  await withdraw();
}

function isForTheUser(error: unknown): boolean {
  return [UnusableFileError, SynthesisError, FunctionBrokenError].some((known) => error instanceof known);
}

process.exitCode = await main();

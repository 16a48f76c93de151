/** What `npm run simulate --` takes. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { isMessageGroupId } from '../../aws/sqs/message-group.ts';
import { positiveNumber, wholeNumberFrom } from '../../cli/arguments.ts';
import { readCommandLine } from '../../contract/input/command-line.ts';
import { EXIT_CODES } from '../../contract/input/exit-codes.ts';
import { nearestName } from '../../contract/input/nearest-name.ts';
import { readSetting, SettingError } from '../../lib/setting.ts';
import { SETTINGS, type SettingName, type Settings } from '../../lib/settings.ts';
import { addContext, parseFaults } from '../../local/arguments.ts';
import { type Arrivals, ArrivalsError, arrivalsFromCsv, backlogOf, bursts, constant, diurnal } from './arrivals.ts';
import type { Outage } from './put-users.ts';
import type { ScenarioOptions } from './scenario.ts';
import type { Source } from './sources.ts';
import type { HotUsers } from './users.ts';

export interface SimulateArguments {
  readonly options: ScenarioOptions;
  /** A setting, and the values that it is to be run with, one after the other. */
  readonly compare: { readonly name: SettingName; readonly values: readonly string[] } | undefined;
  /** Where the charts go; none are drawn without it. */
  readonly charts: string | undefined;
  readonly json: boolean;
  readonly check: boolean;
}

/** The settings that a simulation heeds; the others change nothing of what it measures. */
const SIMULATED = [
  'requestsPerSecond',
  'maxConcurrency',
  'usersPerMessage',
  'liveLatencyInSeconds',
  'promptWhenIdle',
  'batchSize',
  'batchingWindowInSeconds',
  'timeoutInSeconds',
  'visibilityTimeoutInSeconds',
  'maxReceiveCount',
  'backoffBaseInSeconds',
  'backoffMaxInSeconds',
  'memoryInMiB',
  'fifo',
  'orderGuard',
] as const satisfies readonly SettingName[];

const EXAMPLES = `
Examples:
  npm run simulate -- --backlog 1000000 --users-per-message 10
  npm run simulate -- --rate 40 --diurnal --for 24h --charts .local/charts
  npm run simulate -- --rate 20 --burst 5000/10m --for 2h --bad-users 1%
  npm run simulate -- --source load:backlog=60000 --source live:rate=20,ungrouped --for 30m
  npm run simulate -- --arrivals arrivals.csv -c batchingWindowInSeconds=5
  npm run simulate -- --rate 80 --for 1h --compare maxConcurrency=2,5,10
  npm run simulate -- --rate 50 --for 1h --compare fifo=false,true
  npm run simulate -- --backlog 60000 --hot-users 20%/5 -c orderGuard=true`;

/** Reads the arguments. For `--help`, and for arguments that are no use, it prints what to do and ends the process. */
export async function readArguments(argv: readonly string[]): Promise<SimulateArguments> {
  const command = new Command('npm run simulate --')
    .description(
      'Runs the core on a virtual clock between models of SQS, Lambda and PutUsers: a day of traffic in seconds.',
    )
    .option(
      '--backlog <users>',
      'users that wait in the queue at the start (default: 100000, without --rate)',
      withUnderscores(wholeNumberFrom(1, 100_000_000)),
    )
    .option('--rate <users>', 'users that arrive in a second, on average', positiveNumber)
    .addOption(
      new Option('--for <duration>', 'how long users arrive: 90s, 15m, 24h').argParser(seconds).default(3600, '1h'),
    )
    .option('--diurnal', 'let the rate follow a day and a night: a tenth of the peak at the start, the peak at noon')
    .option(
      '--burst <users/duration>',
      'let so many users more arrive within ten seconds, every so often: 5000/10m',
      burst,
    )
    .addOption(
      new Option(
        '--source <name:demand>',
        'a source of its own, again and again: load:backlog=60000 or live:rate=20. Its name is its message group; with ' +
          ',ungrouped it has none. Instead of --backlog, --rate, --burst and --arrivals',
      )
        .argParser(addSource)
        .default([], 'one, without a message group')
        .conflicts(['backlog', 'rate', 'burst', 'arrivals', 'diurnal']),
    )
    .option('--arrivals <file>', 'rates from a CSV file with the columns seconds,usersPerSecond')
    .option(
      '--users-per-message <users>',
      'users that producers pack into a message',
      withUnderscores(wholeNumberFrom(1, 10_000)),
      1,
    )
    .option('--bad-users <share>', 'users that the API refuses: 1% or 0.01', share, 0)
    .option('--hot-users <share/users>', 'records that are about a few users: 20%/5 are a fifth, about five', hot)
    .addOption(
      new Option('--faults <rates>', 'faults of PutUsers, as in throttling=0.05,serverError=0.02').argParser(
        parseFaults,
      ),
    )
    .option('--other-writer <calls>', 'PutUsers calls a second that somebody else makes', positiveNumber, 0)
    .option('--quota <calls>', "the service's calls a second", positiveNumber, 10)
    .option('--latency <milliseconds>', 'how long a PutUsers call takes, give or take a third', positiveNumber, 60)
    .addOption(
      new Option('-c, --context <name=value>', 'a setting of the stack').argParser(addContext).default({}, 'none'),
    )
    .option('--outage <after/for>', 'throttle every call, after so long and for so long: 1m/98s', outage)
    .option('--table-latency <milliseconds>', 'how long a write to the table of versions takes', positiveNumber, 8)
    .option(
      '--pollers <number>',
      'pollers of the mapping, each with a batch (default: maxConcurrency)',
      wholeNumberFrom(1, 1_250),
    )
    .option(
      '--longest-windows',
      'let each batch that is not full wait for 20 s, as Lambda may with little traffic',
      false,
    )
    .option('--freeze', 'let the time that the function can measure stand still between its invocations', false)
    .option('--compare <name=values>', 'run with each of these values of a setting: maxConcurrency=2,5,10')
    .option('--charts <directory>', 'draw backlog, age and rate over time as SVG')
    .option('--seed <number>', 'of all that is left to chance', withUnderscores(wholeNumberFrom(0, 2 ** 31)), 1)
    .option('--json', 'print the result as JSON', false)
    .option('--check', 'hold the simulation against the embedded world, in real time', false)
    .addHelpText('after', EXAMPLES);

  const given = readCommandLine(command, argv).opts();
  try {
    const settings = readSettings(given.context);
    const { memoryInMiB, orderGuard, ...sizing } = settings;
    if (settings.fifo && given.source.length > 0) {
      throw new SettingError('fifo', `--source is for standard queues: the groups of a FIFO queue keep an order.`);
    }
    const usersPerMessage = (settings.usersPerMessage as number | undefined) ?? given.usersPerMessage;
    return {
      options: {
        ...(given.source.length > 0
          ? { sources: sourcesFrom(given.source, given.for) }
          : { arrivals: await arrivalsFrom(given as unknown as Demand) }),
        ...(given.pollers !== undefined && { pollers: given.pollers }),
        windowsTakeLongest: given.longestWindows,
        usersPerMessage,
        badUsers: given.badUsers,
        ...(given.hotUsers && { hotUsers: given.hotUsers }),
        tableMilliseconds: given.tableLatency,
        faults: given.faults ?? {},
        otherCallsPerSecond: given.otherWriter,
        clocksFreeze: given.freeze,
        ...(given.outage && { outage: given.outage }),
        quota: { requestsPerSecond: given.quota, burst: given.quota },
        latencyInMilliseconds: { mean: given.latency, jitter: given.latency / 3 },
        sizing,
        seed: given.seed,
        ...(memoryInMiB !== undefined && { memoryInMiB }),
        ...(orderGuard !== undefined && { orderGuard }),
      },
      compare: given.compare === undefined ? undefined : readComparison(given.compare),
      charts: given.charts,
      json: given.json,
      check: given.check,
    };
  } catch (error) {
    if (error instanceof SettingError) command.error(`error: ${error.message}`);
    if (!(error instanceof ArrivalsError)) throw error;
    console.error(`error: ${error.message}`);
    process.exit(EXIT_CODES.failed);
  }
}

interface Demand {
  readonly rate?: number;
  readonly backlog?: number;
  readonly for: number;
  readonly diurnal?: boolean;
  readonly burst?: { readonly users: number; readonly everySeconds: number };
  readonly arrivals?: string;
}

async function arrivalsFrom(given: Demand): Promise<Arrivals> {
  const { rate, backlog, arrivals, diurnal: isDiurnal, burst: bursting, for: until } = given;
  if (arrivals !== undefined) return arrivalsFromCsv(arrivals);
  if (rate === undefined && bursting === undefined) return backlogOf(backlog ?? 100_000);
  const usersPerSecond = rate ?? 0;
  const demand = bursting
    ? bursts(usersPerSecond, bursting, until)
    : isDiurnal
      ? diurnal(usersPerSecond, until)
      : constant(usersPerSecond, until);
  return { ...demand, backlog: backlog ?? 0 };
}

/** What `--source` says. */
interface SourceDemand {
  readonly name: string;
  readonly backlog: number;
  readonly rate: number;
  readonly isGrouped: boolean;
}

const SOURCE = /^(?<name>[^:,=]+):(?<demand>.+)$/;

function addSource(text: string, before: readonly SourceDemand[]): readonly SourceDemand[] {
  const { name, demand } = SOURCE.exec(text)?.groups ?? {};
  if (name === undefined || demand === undefined || !isMessageGroupId(name)) throw new InvalidArgumentError(BAD_SOURCE);
  if (before.some((source) => source.name === name)) {
    throw new InvalidArgumentError(`There are two of the name ${name}.`);
  }
  let source: SourceDemand = { name, backlog: 0, rate: 0, isGrouped: true };
  for (const part of demand.split(',')) {
    const [key, value = ''] = part.split('=');
    if (key === 'ungrouped' && value === '') source = { ...source, isGrouped: false };
    else if (key === 'backlog')
      source = { ...source, backlog: withUnderscores(wholeNumberFrom(1, 100_000_000))(value) };
    else if (key === 'rate') source = { ...source, rate: positiveNumber(value) };
    else throw new InvalidArgumentError(BAD_SOURCE);
  }
  if (source.backlog + source.rate === 0) throw new InvalidArgumentError(BAD_SOURCE);
  return [...before, source];
}

const BAD_SOURCE =
  'It takes NAME:backlog=USERS, NAME:rate=USERS_A_SECOND or both with a comma, and perhaps ,ungrouped.';

function sourcesFrom(demands: readonly SourceDemand[], until: number): Source[] {
  return demands.map(({ name, backlog, rate, isGrouped }) => ({
    name,
    isGrouped,
    arrivals: rate > 0 ? { ...constant(rate, until), backlog } : backlogOf(backlog),
  }));
}

type SimulatedSettings = Pick<Settings, (typeof SIMULATED)[number]>;

/**
 * Reads settings of the stack.
 *
 * @throws SettingError for one that is not there, or a value that it does not take
 */
export function readSettings(context: Readonly<Record<string, string>>): SimulatedSettings {
  return Object.fromEntries(Object.entries(context).map(([name, value]) => [name, readSimulated(name, value)]));
}

function readSimulated(name: string, value: string): unknown {
  const known = SIMULATED.find((each) => each === name);
  if (known) return readSetting<unknown>(known, SETTINGS[known], value);
  const meant = nearestName(name, [...SIMULATED]);
  const hint = meant ? `did you mean ${meant}?` : `it heeds ${SIMULATED.join(', ')}.`;
  throw new SettingError(name, `${name} is not a setting that a simulation heeds: ${hint}`);
}

function readComparison(text: string): { name: SettingName; values: readonly string[] } {
  const [name = '', list = ''] = text.split('=');
  const values = list.split(',').filter((value) => value !== '');
  for (const value of values) readSimulated(name, value);
  if (values.length === 0) throw new SettingError(name, `--compare takes name=value,value,..., but got ${text}.`);
  return { name: name as SettingName, values };
}

/** Lets large numbers be given as one reads them: 1_000_000. */
function withUnderscores(parse: (text: string) => number) {
  return (text: string): number => parse(text.replaceAll('_', ''));
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function seconds(text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(text) ?? [];
  if (amount === undefined || Number(amount) === 0) {
    throw new InvalidArgumentError('It takes a duration such as 90s, 15m, 24h or 2d.');
  }
  return Number(amount) * UNITS[unit]!;
}

function share(text: string): number {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError('It takes a share such as 1% or 0.01.');
  }
  return value;
}

function hot(text: string): HotUsers {
  const [of = '', users = ''] = text.split('/');
  return { share: share(of), users: wholeNumberFrom(1, 1_000_000)(users) };
}

function outage(text: string): Outage {
  const [after = '', duration = ''] = text.split('/');
  const from = seconds(after);
  return { from, until: from + seconds(duration) };
}

function burst(text: string): { users: number; everySeconds: number } {
  const [users = '', every = ''] = text.split('/');
  return { users: positiveNumber(users), everySeconds: seconds(every) };
}

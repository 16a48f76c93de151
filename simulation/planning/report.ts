/** What a run came to, as text for a terminal. */
import Table from 'cli-table3';
import type { Cost } from './cost.ts';
import type { Scenario } from './scenario.ts';
import type { SimulationResult } from './simulate.ts';

const number = (value: number, digits = 0) => value.toLocaleString('en', { maximumFractionDigits: digits });
const percent = (part: number, whole: number) => `${number(whole === 0 ? 0 : (100 * part) / whole, 2)}%`;

/** A table without lines between its rows. */
export function createTable(options: Table.TableConstructorOptions): Table.Table {
  const chars = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };
  return new Table({ chars: options.head ? {} : chars, style: { head: [], border: [], compact: true }, ...options });
}

/** Seconds as hours, minutes and seconds. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${number(seconds, 1)} s`;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${Math.floor(seconds % 60)} s`;
}

/** The figures of a run, a line each. */
export function renderFigures(result: SimulationResult, scenario: Scenario): string {
  const { calls, users, age, lambda } = result;
  const table = createTable({ colAligns: ['left', 'right', 'left'] });
  const { quota, otherCallsPerSecond } = scenario;
  const left = otherCallsPerSecond > 0 ? ', less what the other writer got' : '';
  table.push(
    ['users', number(users.arrived), `in ${number(result.messages)} messages`],
    [
      'delivered',
      number(users.delivered),
      `${number(users.delivered / result.callingSeconds || 0, 1)} a second while calling`,
    ],
    ['dead-lettered', number(users.deadLettered), `${number(result.goodUsersDeadLettered)} of them good`],
    ...(scenario.hotUsers
      ? [['superseded', number(users.superseded), `${number(users.undone)} times an older record undid a newer one`]]
      : []),
    ['time until empty', duration(result.seconds), ''],
    [
      'share of the quota',
      percent(result.shareOfQuota || 0, 1),
      `of ${number(quota.requestsPerSecond)} calls a second${left}`,
    ],
    ['PutUsers calls', number(calls.all), `${number(calls.users / calls.all || 0, 2)} users a call`],
    ['rejected calls', percent(calls.rejected, calls.all), 'while splitting'],
    ['throttled calls', percent(calls.throttled, calls.all), ''],
    ['failed calls', percent(calls.failed, calls.all), ''],
    ['receives', number(receivesPerMessage(result), 3), `a message; ${number(result.receives.length - 1)} at most`],
    [
      'invocations',
      number(lambda.invocations),
      `${number(lambda.coldStarts)} cold starts, ${number(lambda.failedInvocations)} failed`,
    ],
  );
  if (age) {
    table.push([
      'age at delivery',
      duration(age.median),
      `median; 99% under ${duration(age.p99)}, all under ${duration(age.most)}`,
    ]);
  }
  return table.toString();
}

/** Ages by source, a line each. */
export function renderSources({ sources }: SimulationResult, scenario: Scenario): string {
  const table = createTable({
    head: ['source', 'users', 'age, median', '99%', 'oldest', ''],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left'],
  });
  for (const [index, { name, delivered, age }] of sources.entries()) {
    const ages = age ? [age.median, age.p99, age.most].map(duration) : ['', '', ''];
    table.push([name, number(delivered), ...ages, scenario.sources[index]!.isGrouped ? '' : 'no message group']);
  }
  return table.toString();
}

/** The bill, and what it would be for a month of the same. */
export function renderCost(cost: Cost, result: SimulationResult): string {
  const table = createTable({ colAligns: ['left', 'right', 'right'] });
  for (const { item, quantity, dollars } of cost.lines) table.push([item, quantity, dollarsText(dollars)]);
  table.push(['all of it', '', dollarsText(cost.dollars)]);
  const perMillion = result.users.arrived === 0 ? 0 : (cost.dollars / result.users.arrived) * 1e6;
  return `${table}\nThat is ${dollarsText(perMillion)} for a million users (${cost.priceList}).`;
}

export function dollarsText(dollars: number): string {
  return `$${dollars.toFixed(dollars < 1 ? 4 : 2)}`;
}

function receivesPerMessage({ receives }: SimulationResult): number {
  const messages = receives.reduce((sum, count) => sum + (count ?? 0), 0);
  const all = receives.reduce((sum, count, times) => sum + (count ?? 0) * times, 0);
  return messages === 0 ? 0 : all / messages;
}

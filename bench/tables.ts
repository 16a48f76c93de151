/** The tables of README.md and docs/performance.md, from results. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { FAIR_CONDITIONS, FAIR_CONTENDERS } from './fairness.ts';
import type { Figure } from './figure.ts';
import { GOALS } from './pacing.ts';
import type { Results } from './results.ts';
import { CONDITIONS, CONTENDERS } from './throughput.ts';

const DOCUMENTS = ['README.md', 'docs/performance.md'].map((path) =>
  fileURLToPath(new URL(`../${path}`, import.meta.url)),
);

type Row = readonly string[];

/** What figures are called in a table, by benchmark and name. */
const TITLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cpu: {
    single: 'users of 500 bytes, one a message: users settled, beside the floor (goal: 0.4)',
    singleWithSchema: "… time for one if the dataset's schema is known, beside if it is not (goal: 1.2)",
    small: 'users of 100 bytes, one a message: users settled, beside the floor',
    smallWithSchema: '… time for one with the schema, beside without',
    packed: 'users of 500 bytes, ten a message: users settled, beside the floor',
    packedWithSchema: '… time for one with the schema, beside without',
    recordIn10: 'time for a record in a batch of 10, beside one in a batch of 1,000',
    recordIn100: '… in a batch of 100',
    recordIn10000: '… in a batch of 10,000',
  },
  orderGuard: {
    without: 'share of the quota without `orderGuard`',
    guarded: '… with it',
    left: 'with it, beside without (goal: 0.9)',
  },
  coldStart: {
    importTime: 'time to import, beside the bare clients (goal: 1.15)',
    importTimeOfWholeClients: "… beside the clients with the SDK's default credentials",
    bytes: 'the bundle',
    bytesOfBareClients: 'the bare clients',
    bytesOfWholeClients: "the clients with the SDK's default credentials",
  },
  memory: {
    usualBatch: 'a batch of 500 records',
    delivered: '10,000 records, all delivered',
    deadLettered: '10,000 records, all dead-lettered',
  },
};

/** Each table by the name that documents have it under: `<!-- table:NAME -->` begins it, `<!-- /table -->` ends it. */
export function renderTables(results: Results): Readonly<Record<string, string>> {
  return {
    throughput: throughputTable(results),
    pacing: pacingTable(results),
    fairness: fairnessTable(results),
    ...Object.fromEntries(Object.keys(TITLES).map((name) => [name, plainTable(results, name)])),
  };
}

/** Puts the tables into the documents. Returns the paths of those that were different. */
export async function updateDocuments(
  results: Results,
  options: { readonly write: boolean },
): Promise<readonly string[]> {
  const tables = renderTables(results);
  const stale: string[] = [];
  for (const path of DOCUMENTS) {
    const text = await readFile(path, 'utf8');
    const updated = text.replace(
      /(<!-- table:(\w+) -->\n)[\s\S]*?(<!-- \/table -->)/g,
      (_, begin: string, name: string, end: string) => `${begin}${tables[name] ?? ''}${end}`,
    );
    if (updated === text) continue;
    stale.push(path);
    if (options.write) await writeFile(path, updated);
  }
  return stale;
}

function throughputTable({ throughput = {} }: Results): string {
  const figureOf = (condition: string, contender: string, name: string) =>
    throughput[`${condition}.${contender}.${name}`];
  return markdown(
    ['', ...CONDITIONS.map(({ title }) => title)],
    CONTENDERS.map((contender) => [
      contender.title,
      ...CONDITIONS.map(({ name }) => {
        const [share, wasted, dead] = ['shareOfLimit', 'callsWasted', 'goodUsersDeadLettered'].map(
          (figure) => figureOf(name, contender.name, figure)?.value ?? 0,
        );
        const lost = dead === 0 ? '' : `, **${dead!.toLocaleString('en')} good users dead-lettered**`;
        return `${share!.toFixed(1)}% (${wasted!.toFixed(1)}% of the calls wasted${lost})`;
      }),
    ]),
  );
}

/** Median and 99th percentile of live users, and the share of the quota. */
function fairnessTable({ fairness = {} }: Results): string {
  return markdown(
    ['', ...FAIR_CONDITIONS.map(({ title }) => title)],
    FAIR_CONTENDERS.map((contender) => [
      contender.title,
      ...FAIR_CONDITIONS.map((condition) => {
        const [median, p99, share] = ['median', 'p99', 'shareOfQuota'].map(
          (figure) => fairness[`${condition.name}.${contender.name}.${figure}`]?.value ?? 0,
        );
        return `${age(median!)}, ${age(p99!)} (${share!.toFixed(1)}%)`;
      }),
    ]),
  );
}

function age(seconds: number): string {
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60).toLocaleString('en')} min`;
}

function pacingTable({ pacing = {} }: Results): string {
  return markdown(
    ['', 'measured', 'goal'],
    GOALS.map(({ name, title, goal }) => {
      const figure = pacing[name];
      if (!figure) return [title, '', ''];
      return [title, written(figure), `${figure.better === 'higher' ? 'at least' : 'at most'} ${goal} ${figure.unit}`];
    }),
  );
}

function plainTable(results: Results, benchmark: string): string {
  return markdown(
    ['', 'measured'],
    Object.entries(results[benchmark] ?? {}).map(([name, figure]) => [
      TITLES[benchmark]?.[name] ?? name,
      written(figure),
    ]),
  );
}

function written({ value, unit }: Figure): string {
  return `${value.toLocaleString('en', { maximumFractionDigits: 2 })} ${unit}`;
}

function markdown(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |\n`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('');
}

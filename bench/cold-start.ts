/** How long a cold start takes to import the function, beside the SDK clients that it cannot do without. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleOptions } from '../lib/bundling.ts';
import { bundle, functionEnvironment } from './bundle.ts';
import type { Benchmark, Figures } from './figure.ts';
import { type Measurements, measureInTurns, medianRatio, numberFromProcess } from './in-turns.ts';

/** Each as it is bundled. */
const CONTENDERS = {
  function: {},
  /** The clients, bundled with the function's own settings. */
  bareClients: { entry: beside('cold-start', 'bare-clients.ts') },
  /** The clients with all that they come with: the search for credentials, which the function leaves out. */
  wholeClients: { entry: beside('cold-start', 'bare-clients.ts'), alias: {} },
} satisfies Record<string, BundleOptions>;

type ContenderName = keyof typeof CONTENDERS;

const ROUNDS = 31;

export const coldStart: Benchmark = {
  name: 'coldStart',
  title: 'CPU time to import the bundle in a fresh process, against the bare SDK clients bundled alike',
  run: async () => {
    const bundles = perContender((name) => bundle(CONTENDERS[name]));
    try {
      const measures = perContender((name) => () => importTime(bundles[name].file));
      const bytes = perContender((name) => statSync(bundles[name].file).size);
      return figuresOf(await measureInTurns(measures, ROUNDS), bytes);
    } finally {
      for (const { remove } of Object.values(bundles)) remove();
    }
  },
};

/** From the time that each takes, in any unit, and its bytes. */
export function figuresOf(times: Measurements<ContenderName>, bytes: Readonly<Record<ContenderName, number>>): Figures {
  const ratio = (value: number) => ({ value, unit: '×', better: 'lower', kind: 'wallClock' }) as const;
  const size = (value: number) => ({ value, unit: 'bytes', better: 'lower', kind: 'exact' }) as const;
  return {
    importTime: ratio(medianRatio(times.function, times.bareClients)),
    importTimeOfWholeClients: ratio(medianRatio(times.function, times.wholeClients)),
    bytes: size(bytes.function),
    bytesOfBareClients: size(bytes.bareClients),
    bytesOfWholeClients: size(bytes.wholeClients),
  };
}

function importTime(module: string): Promise<number> {
  return numberFromProcess(beside('cold-start', 'import-module.js'), { module }, functionEnvironment());
}

function perContender<Value>(make: (name: ContenderName) => Value): Record<ContenderName, Value> {
  const names = Object.keys(CONTENDERS) as ContenderName[];
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<ContenderName, Value>;
}

function beside(...path: string[]): string {
  return join(import.meta.dirname, ...path);
}

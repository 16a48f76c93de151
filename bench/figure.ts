/** What a benchmark comes to. */

/** One number that a benchmark has found. */
export interface Figure {
  readonly value: number;
  /** Such as `%`, `bytes`, `×`. */
  readonly unit: string;
  /** Which way is better. */
  readonly better: 'higher' | 'lower';
  /** `exact` comes out the same on every machine; `wallClock` is a ratio of times, and differs by some percent. */
  readonly kind: 'exact' | 'wallClock';
}

/** Figures by their names. */
export type Figures = Readonly<Record<string, Figure>>;

export interface Benchmark {
  /** As it is called on the command line and in the results. */
  readonly name: string;
  /** What it measures, in a sentence. */
  readonly title: string;
  /** Measures it. */
  run(): Promise<Figures>;
}

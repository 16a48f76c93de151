/** A part of the dashboard: a heading, and graphs side by side. */
import type { CustomMetricGroup } from 'cdk-monitoring-constructs';

export interface Section {
  readonly heading: string;
  /** What to read from it, in a sentence of Markdown. */
  readonly description: string;
  readonly graphs: CustomMetricGroup[];
}

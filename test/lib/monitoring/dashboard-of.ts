/** The dashboard of a synthesized template, read back. */
import type { Template } from 'aws-cdk-lib/assertions';

/** A widget, placed on a grid of 24 columns. Source: CloudWatch API reference, dashboard body structure. */
export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    /** Each a metric or an expression: strings and, at the end, how to draw it. */
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: readonly string[];
    readonly stacked?: boolean;
    readonly yAxis?: { readonly left?: { readonly min?: number; readonly max?: number } };
    readonly annotations?: { readonly horizontal?: readonly { readonly label?: string; readonly value?: number }[] };
  };
}

/** A dashboard. */
export interface Dashboard {
  readonly widgets: readonly Widget[];
}

interface Resource {
  readonly Type: string;
  readonly Properties: { readonly DashboardBody?: unknown };
}

/** The only dashboard of a template, with the names of resources where it refers to them. */
export function dashboardOf(template: Template): Dashboard {
  return readDashboard(template.toJSON() as Parameters<typeof readDashboard>[0]);
}

/**
 * The dashboard of a template. What it refers to is called by its logical id.
 *
 * @throws Error when there is none, or more than one
 */
function readDashboard(template: { readonly Resources: Readonly<Record<string, Resource>> }): Dashboard {
  const dashboards = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Dashboard');
  if (dashboards.length !== 1) throw new Error(`The template has ${dashboards.length} dashboards.`);
  return JSON.parse(textOf(dashboards[0]!.Properties.DashboardBody));
}

/** A text with names where the template has references. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return Ref;
  if (Array.isArray(attribute)) return String(attribute[0]);
  if (Array.isArray(join)) return join[1].map(textOf).join(join[0]);
  throw new Error(`${JSON.stringify(value)} is not a text.`);
}

/** The dashboard of a synthesized template, read back. */
import type { Template } from 'aws-cdk-lib/assertions';
import { type Dashboard, readDashboard } from '../../../scripts/dashboard-body.ts';

export type { Widget } from '../../../scripts/dashboard-body.ts';

/** The only dashboard of a template, with the names of resources where it refers to them. */
export function dashboardOf(template: Template): Dashboard {
  return readDashboard(template.toJSON() as Parameters<typeof readDashboard>[0]);
}

/** Where a dashboard is in the AWS console. Source: AWS Management Console user guide, service endpoints. */
export function dashboardUrl(region: string, dashboardName: string): string {
  return `https://${consoleOf(region)}/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
}

function consoleOf(region: string): string {
  if (region.startsWith('cn-')) return `${region}.console.amazonaws.cn`;
  if (region.startsWith('us-gov-')) return `${region}.console.amazonaws-us-gov.com`;
  return `${region}.console.aws.amazon.com`;
}

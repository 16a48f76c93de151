import { ArnFormat, type Stack } from 'aws-cdk-lib';

/**
 * The ARN of an alarm in the stack's account and region, by its name: for what cannot or need not wait until the alarm is
 * there. The alarms refer to the topic, so its policy cannot refer to them.
 */
export function alarmArn(stack: Stack, name: string): string {
  return stack.formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

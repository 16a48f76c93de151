/** What other CDK apps can use. What is not here may change at any time. */
export type { SchemaCheck } from '../contract/dataset/admission.ts';
export type { IngestionMetricName } from '../contract/deployment/metrics.ts';
export type { DatasetSchemaProps } from './dataset-schema.ts';
export type { IngestionFunctionOptions } from './function-options.ts';
export type { GivenQueueProps } from './given-queues.ts';
export type { AlarmSettings, AlarmSeverity, UserIngestionAlarms } from './monitoring/alarms/alarm-settings.ts';
export {
  type AlarmProps,
  UserIngestionMonitoring,
  type UserIngestionMonitoringProps,
} from './monitoring/user-ingestion-monitoring.ts';
export { PersonalizeUsersStack, type PersonalizeUsersStackProps } from './personalize-users-stack.ts';
export { SettingError } from './setting.ts';
export type { Encryption, LogLevel } from './settings.ts';
export type { Sizing, SizingProps } from './sizing.ts';
export { UserIngestion, type UserIngestionProps } from './user-ingestion.ts';

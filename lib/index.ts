/** What other CDK apps can use. */
export { SCHEMA_CHECKS, type SchemaCheck } from '../contract/dataset/admission.ts';
export type { IngestionMetricName } from '../contract/deployment/metrics.ts';
export type { DatasetSchemaProps } from './dataset-schema.ts';
export { UserIngestionMonitoring, type UserIngestionMonitoringProps } from './monitoring/user-ingestion-monitoring.ts';
export { PersonalizeUsersStack, type PersonalizeUsersStackProps } from './personalize-users-stack.ts';
export { SettingError } from './setting.ts';
export {
  ENCRYPTIONS,
  LOG_LEVELS,
  LOG_RETENTION_DAYS,
  readSettings,
  type SettingName,
  type Settings,
} from './settings.ts';
export { type Sizing, type SizingProps, sizing } from './sizing.ts';
export { UserIngestion, type UserIngestionProps } from './user-ingestion.ts';

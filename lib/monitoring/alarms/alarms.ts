/** Every alarm of a pipeline, the most urgent first. */
import type { UserIngestion } from '../../user-ingestion.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { deadLettersAlarm } from './dead-letters.ts';
import { functionErrorsAlarm } from './function-errors.ts';
import { nothingDeliveredAlarm } from './nothing-delivered.ts';
import { oldMessagesAlarm } from './old-messages.ts';
import { throttlingAlarm } from './throttling.ts';

const ALARMS: readonly ((ingestion: UserIngestion) => AlarmDefinition)[] = [
  nothingDeliveredAlarm,
  deadLettersAlarm,
  oldMessagesAlarm,
  functionErrorsAlarm,
  throttlingAlarm,
];

/** Defines the alarms of a pipeline. */
export function alarmsOf(ingestion: UserIngestion): readonly AlarmDefinition[] {
  return ALARMS.map((define) => define(ingestion));
}

/** Every alarm of a pipeline, the most urgent first. */
import type { UserIngestion } from '../../user-ingestion.ts';
import { type AlarmDefinition, adjusted } from './alarm-definition.ts';
import type { UserIngestionAlarms } from './alarm-settings.ts';
import { deadLettersAlarm, moreDeadLettersAlarm } from './dead-letters.ts';
import { functionErrorsAlarm } from './function-errors.ts';
import { nothingDeliveredAlarm } from './nothing-delivered.ts';
import { oldMessagesAlarm } from './old-messages.ts';
import { throttlingAlarm } from './throttling.ts';

const ALARMS: readonly ((ingestion: UserIngestion) => AlarmDefinition)[] = [
  nothingDeliveredAlarm,
  deadLettersAlarm,
  oldMessagesAlarm,
  moreDeadLettersAlarm,
  functionErrorsAlarm,
  throttlingAlarm,
];

/** Defines the alarms of a pipeline, as they were asked for. */
export function alarmsOf(ingestion: UserIngestion, settings: UserIngestionAlarms = {}): readonly AlarmDefinition[] {
  return ALARMS.map((define) => define(ingestion)).flatMap((definition) => {
    const asked = settings[definition.key];
    return asked === false ? [] : [adjusted(definition, asked)];
  });
}

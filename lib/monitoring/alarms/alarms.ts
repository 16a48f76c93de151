/** Every alarm of a pipeline, the most urgent first. */
import { nearestName } from '../../../contract/input/nearest-name.ts';
import { SettingError } from '../../setting.ts';
import type { UserIngestion } from '../../user-ingestion.ts';
import { type AlarmDefinition, adjusted } from './alarm-definition.ts';
import type { AlarmKey, UserIngestionAlarms } from './alarm-settings.ts';
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

/**
 * Defines the alarms of a pipeline, as they were asked for.
 *
 * @throws SettingError for an alarm that there is not, and for what CloudWatch would not take
 */
export function alarmsOf(ingestion: UserIngestion, settings: UserIngestionAlarms = {}): readonly AlarmDefinition[] {
  const definitions = ALARMS.map((define) => define(ingestion));
  refuseOthers(
    Object.keys(settings),
    definitions.map(({ key }) => key),
  );
  return definitions.flatMap((definition) => {
    const asked = settings[definition.key];
    return asked === false ? [] : [adjusted(definition, asked)];
  });
}

/** In JavaScript, or in TypeScript that nobody checks, an alarm with a misspelt name would stay as it is. */
function refuseOthers(asked: readonly string[], keys: readonly AlarmKey[]): void {
  const other = asked.find((name) => !keys.includes(name as AlarmKey));
  if (other === undefined) return;
  const meant = nearestName(other, keys);
  const hint = meant === undefined ? `there are ${keys.join(', ')}.` : `did you mean ${meant}?`;
  throw new SettingError('alarms', `alarms.${other} is no alarm; ${hint}`);
}

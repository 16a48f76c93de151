/** A refused name says which setting to change. */
import { expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { UserIngestionMonitoring } from '../../../lib/monitoring/user-ingestion-monitoring.ts';
import { createIngestion } from '../support.ts';

test('a name that is taken is refused with the setting that is to be changed', () => {
  const ingestion = createIngestion();
  const stack = Stack.of(ingestion);
  new UserIngestionMonitoring(stack, 'One', { ingestion, name: 'watch' });
  expect(() => new UserIngestionMonitoring(stack, 'Other', { ingestion, name: 'watch' })).toThrow(
    expect.objectContaining({ name: 'SettingError', setting: 'name' }),
  );
});

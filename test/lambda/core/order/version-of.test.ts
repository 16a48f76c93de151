import { expect, test } from '@jest/globals';
import { versionOf } from '../../../../lambda/core/order/version-of.ts';
import { message } from '../../../support/messages.ts';

const kept = (stringValue: string) => ({ RecordVersion: { dataType: 'Number', stringValue } });

test.each([
  ['what its body says, whatever its dead letter has kept', { text: '7', order: 7_000_000n }, kept('9'), 7_000_000n],
  ['what its dead letter has kept', undefined, kept('9.5'), 9_500_000n],
  ['when its message was sent, if nothing was kept', undefined, {}, 1_234_000_000n],
  ['when its message was sent, if what was kept is no version', undefined, kept('new'), 1_234_000_000n],
])('a record is as old as %s', (_, given, attributes, expected) => {
  expect(versionOf(message('', { sentAt: 1234, attributes }), given)).toBe(expected);
});

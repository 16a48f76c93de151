import { describe, expect, test } from '@jest/globals';
import { describePlan, planImport } from '../../../cli/import/import-mode.ts';

const imported = (status: string) => ({
  arn: 'arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/a',
  status,
});

describe('the mode of an import', () => {
  test.each([undefined, 'incremental', 'full'] as const)(
    'is full for the first one, whatever was asked for (%s)',
    (asked) => {
      expect(planImport(asked, [])).toEqual({ kind: 'first', mode: 'FULL' });
      // One that failed has brought nothing.
      expect(planImport(asked, [imported('CREATE FAILED')])).toEqual({ kind: 'first', mode: 'FULL' });
    },
  );

  test('is incremental after that, unless a full one was asked for', () => {
    const earlier = [imported('CREATE FAILED'), imported('ACTIVE')];
    expect(planImport(undefined, earlier)).toEqual({ kind: 'append', mode: 'INCREMENTAL' });
    expect(planImport('full', earlier)).toEqual({ kind: 'replace', mode: 'FULL' });
  });

  test('is what was asked for where earlier imports are not known', () => {
    expect(planImport(undefined, undefined)).toEqual({ kind: 'append', mode: 'INCREMENTAL' });
    expect(planImport('full', undefined)).toEqual({ kind: 'replace', mode: 'FULL' });
  });

  test.each(['CREATE PENDING', 'CREATE IN_PROGRESS'])('is none while another import is %s', (status) => {
    expect(() => planImport('full', [imported('ACTIVE'), imported(status)])).toThrow(
      'An import of this dataset is under way',
    );
  });

  test('is said with what it replaces, and what it does not', () => {
    expect(describePlan({ kind: 'replace', mode: 'FULL' })).toMatch(
      /users who are not in the file will be gone.*nothing that PutUsers put/,
    );
    expect(describePlan({ kind: 'first', mode: 'FULL' })).toMatch(/replaces nothing/);
  });
});

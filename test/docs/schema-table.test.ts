import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { SCHEMA_CHECKS } from '../../contract/dataset/admission.ts';
import { MISFITS } from '../../contract/dataset/misfits.ts';

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

test('the message contract lists each kind of misfit, and whether it is certain', () => {
  const rows = [...page('message-contract.md').matchAll(/^\| `(\w+)` \| (certain|uncertain) \|/gm)];
  expect(rows.map(([, kind, certainty]) => [kind, certainty])).toEqual(
    Object.entries(MISFITS).map(([kind, { certainty }]) => [kind, certainty]),
  );
});

test('the runbook says when each schemaCheck is right', () => {
  const section = /## Which schemaCheck is right for my account\n(.*?)\n## /s.exec(page('operations.md'))![1]!;
  expect([...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, check]) => check)).toEqual([
    'schemaCheck',
    ...SCHEMA_CHECKS,
  ]);
});

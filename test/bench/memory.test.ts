import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { peakInMiB } from '../../bench/memory.ts';

const folder = mkdtempSync(join(tmpdir(), 'personalize-users-bench-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A module in place of the bundle, whose handler does this. */
function bundleOf(handler: string) {
  const file = join(folder, `${handler.length}.mjs`);
  writeFileSync(file, `export async function handler(event) { ${handler} }`);
  return { file, remove: () => undefined };
}

test('the peak is what the process had at its largest, and not what it has in the end, or its parent', async () => {
  const ofParent = Buffer.alloc(2 ** 27, 1);
  const idle = await peakInMiB(bundleOf('return { batchItemFailures: [] };'), '{}', {});
  const busy = await peakInMiB(bundleOf('Buffer.alloc(2 ** 27, 1); return { batchItemFailures: [] };'), '{}', {});
  expect(idle).toBeGreaterThan(20);
  expect(idle).toBeLessThan(ofParent.length / 2 ** 20);
  expect(busy - idle).toBeGreaterThan(100);
});

test('a batch that was not settled is no measurement', async () => {
  const failing = bundleOf('return { batchItemFailures: event.Records };');
  await expect(peakInMiB(failing, '{"Records":[{}]}', {})).rejects.toThrow('ended with 1');
});

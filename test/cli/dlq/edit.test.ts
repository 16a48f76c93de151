import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createEditor } from '../../../cli/dlq/edit.ts';
import { until } from '../../support/world.ts';

describe('a command that edits bodies', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const at = (name: string) => join(directory, name);

  test.each([
    ['gives its output as the new body, without the end of its last line', 'tr a-z A-Z; echo', 'abc', 'ABC'],
    ['keeps line ends within', 'cat', 'a\nb\n\n', 'a\nb\n'],
    ['need not read its input', 'echo fixed', 'x'.repeat(500_000), 'fixed'],
    ['gets characters beyond ASCII', 'cat', 'Zoë \u{1F600}', 'Zoë \u{1F600}'],
  ])('%s', async (_, command, body, edited) => {
    expect(await createEditor(command)(body)).toEqual({ kind: 'edited', body: edited });
  });

  test.each([
    ['exits with another code than 0', 'echo first >&2; echo second >&2; exit 4', 'the command exited with 4: first'],
    ['is killed', 'kill -TERM $$', 'the command was ended by SIGTERM'],
    ['is not there', 'no-such-command-here', /^the command exited with 127: .*no-such-command-here/],
    ['writes Latin-1', 'printf \'{"userId":"caf\\351"}\'', 'what the command wrote is not UTF-8'],
    ['writes too much', 'yes', 'the command wrote more than a message may hold, 1 MiB'],
  ])('leaves the body when it %s', async (_, command, reason) => {
    const expected = typeof reason === 'string' ? reason : expect.stringMatching(reason);
    expect(await createEditor(command)('x')).toEqual({ kind: 'failed', reason: expected });
  });

  test.each([
    ['a child of its own', 'sleep 1000 | cat'],
    ['a child that has left its process group', 'setsid sleep 5; cat'],
  ])('is killed with %s when it is interrupted, and nothing is begun anymore', async (_, command) => {
    const interruption = new AbortController();
    const edit = createEditor(`touch "${at('began')}"; ${command}`, { signal: interruption.signal });
    const edited = Promise.all(Array.from({ length: 50 }, () => edit('x')));
    await until(() => existsSync(at('began')));
    interruption.abort();
    const interrupted = { kind: 'failed', reason: 'interrupted before the command was done' };
    expect(new Set((await edited).map((each) => JSON.stringify(each)))).toEqual(new Set([JSON.stringify(interrupted)]));
    expect(await createEditor('cat', { signal: interruption.signal })('x')).toEqual(interrupted);
  });

  test('is killed with its children when it takes too long', async () => {
    expect(await createEditor('sleep 1000 | cat', { timeLimitInMilliseconds: 100 })('x')).toEqual({
      kind: 'failed',
      reason: 'the command took longer than 0.1 s',
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import { createEditor } from '../../../cli/dlq/edit.ts';

describe('a command that edits bodies', () => {
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
    ['writes too much', 'yes', 'the command wrote more than a message may hold, 1 MiB'],
  ])('leaves the body when it %s', async (_, command, reason) => {
    const expected = typeof reason === 'string' ? reason : expect.stringMatching(reason);
    expect(await createEditor(command)('x')).toEqual({ kind: 'failed', reason: expected });
  });

  test('is killed with its children when it takes too long', async () => {
    expect(await createEditor('sleep 1000 | cat', 100)('x')).toEqual({
      kind: 'failed',
      reason: 'the command took longer than 0.1 s',
    });
  });
});

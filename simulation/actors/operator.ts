/** Somebody who looks after the dead-letter queue: with the real commands, at any moment. */
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Edited } from '../../cli/dlq/edit.ts';
import { purgeLetters } from '../../cli/dlq/purge.ts';
import { replayLetters } from '../../cli/dlq/replay.ts';
import { visitLetters } from '../../cli/dlq/visit-letters.ts';
import { DEFAULT_MAX_PROPERTIES_LENGTH } from '../../contract/dataset/put-users-limits.ts';
import { createMessageReader } from '../../contract/message/read-message.ts';
import { setWrong } from '../faults.ts';
import { createMachine, currentMachine, type Machine } from '../machine/machine.ts';
import { serialsIn } from '../records.ts';
import { CLIENT_SETTINGS, pause, type Stage } from './actor.ts';

export type Operator = ReturnType<typeof createOperator>;

/** What the operator's commands are allowed to delete, and why. */
export interface Permits {
  /** Letters that an export holds. */
  readonly exported: Set<string>;
  /** Machines on which a purge runs. */
  readonly purgers: Set<Machine>;
}

export function createOperator(stage: Stage, permits: Permits) {
  const { timeline, journal, ledger, random, faults } = stage;
  let commands = 0;

  const run = async (what: string, command: () => Promise<unknown>): Promise<void> => {
    const machine = createMachine(`operator ${++commands}`);
    setWrong(machine, faults);
    journal.note(machine.name, what);
    const end = await Promise.race([
      machine.run(command).then(
        () => 'ended',
        (error: Error) => `failed: ${error.name}`,
      ),
      machine.killed.then(() => 'killed'),
    ]);
    machine.kill();
    journal.note(machine.name, end);
  };

  const letters = () => ({ sqs: new SQSClient(CLIENT_SETTINGS), url: stage.deadLetterQueueUrl, fifo: stage.fifo });

  /** Repairs what can be repaired, now and then slowly, and now and then not at all. */
  const editBody = async (body: string): Promise<Edited> => {
    await pause(timeline, random() * (random() < 0.1 ? 20_000 : 200));
    if (random() < 0.2) return { kind: 'failed', reason: 'the command ended with 1' };
    ledger.edited(serialsIn(body));
    return { kind: 'edited', body: body.replaceAll(/(\\?"poison\\?":)true/g, '$1false') };
  };

  return {
    replay: (isEdited: boolean) =>
      run(isEdited ? 'replays with edits' : 'replays', () =>
        replayLetters({
          from: letters(),
          to: {
            sqs: new SQSClient(CLIENT_SETTINGS),
            url: stage.queueUrl,
            fifo: stage.fifo,
            keepsVersions: stage.orderGuard,
          },
          perSecond: random() < 0.5 ? 100 : 2,
          startedAt: timeline.now(),
          ...(random() < 0.2 && { limit: 3 }),
          ...(isEdited && {
            edit: {
              editBody,
              readMessage: createMessageReader({ maxPropertiesLength: DEFAULT_MAX_PROPERTIES_LENGTH }),
            },
          }),
        }),
      ),
    purge: () =>
      run('exports and purges', async () => {
        const exported = new Set<string>();
        await visitLetters(letters(), {
          handle: (some) => {
            for (const { messageId, body } of some) {
              permits.exported.add(messageId);
              exported.add(`${messageId} ${body}`);
            }
          },
        });
        await pause(timeline, 60_000 * random());
        permits.purgers.add(currentMachine());
        await purgeLetters({
          from: letters(),
          exported: { size: exported.size, has: ({ messageId, body }) => exported.has(`${messageId} ${body}`) },
        });
      }),
  };
}

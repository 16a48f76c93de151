/** `doctor`: looks a deployment over. */
import { Command } from 'commander';
import { EXIT_CODES } from '../../contract/input/exit-codes.ts';
import { askFor } from '../confirmation.ts';
import { connect, withTarget } from '../connect.ts';
import { STACK } from '../doctor/checks/stack.ts';
import { createDeliveredCounter } from '../doctor/count-delivered.ts';
import { examineStack } from '../doctor/examine-stack.ts';
import { examineWorld } from '../doctor/examine-world.ts';
import { type Finding, failed, findingOf, worst } from '../doctor/finding.ts';
import { probe } from '../doctor/probe.ts';
import { findingsToJson, renderFindings } from '../doctor/render.ts';
import { toCommandError } from '../failure.ts';
import { withFooter } from '../help.ts';
import { interruptionSignal } from '../interruption.ts';
import type { Target, TargetOptions } from '../target.ts';
import { createLiveLines, print, printJson } from '../terminal.ts';
import { messageUserId } from '../user-ids.ts';

interface DoctorOptions extends TargetOptions {
  readonly probe?: string;
  readonly yes?: boolean;
}

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .option(
      '--probe <user-id>',
      'send this user and a broken message, and follow both; it replaces the user, so use an ID that nobody has',
      messageUserId,
    )
    .option('--yes', 'do not ask before the probe')
    .action(doctor);
  return withFooter(withTarget(command), HELP);
}

const HELP = `
Without --probe it only reads. If you may not read something, that is a warning with the name of the permission; docs/cli.md has
all of them. The exit code is 0 if all is well, 3 if there are only warnings, and 1 if something failed.

Examples:
  personalize-users doctor
  personalize-users doctor --json | jq '.findings[] | select(.verdict != "ok")'
  personalize-users doctor --probe doctor-probe`;

const EXIT_BY_VERDICT = { ok: EXIT_CODES.ok, warning: EXIT_CODES.incomplete, failed: EXIT_CODES.failed } as const;

async function doctor(options: DoctorOptions): Promise<void> {
  const live = createLiveLines({ silent: options.json === true });
  const [name, findings] = await examine(options, live.show).finally(live.clear);
  if (options.json) printJson(findingsToJson(name, findings));
  else print(renderFindings(findings));
  process.exitCode = EXIT_BY_VERDICT[worst(findings.map(({ verdict }) => verdict))];
}

/** A deployment that is not there is what was found of it, and no failure of the look. */
async function examine(
  options: DoctorOptions,
  say: (text: string) => void,
): Promise<readonly [string, readonly Finding[]]> {
  let target: Target;
  try {
    target = await connect(options);
  } catch (error) {
    const explained = toCommandError(error);
    if (explained?.exitCode !== EXIT_CODES.failed) throw error;
    const problem = failed(explained.message, explained.hint ?? 'See docs/operations.md.');
    return [options.local ? 'the embedded world' : options.stack, [findingOf(STACK, [problem], '')]];
  }
  try {
    const signal = interruptionSignal();
    if (options.probe !== undefined) {
      await askFor(`Send one user and one broken message to ${target.name}?`, options);
    }
    say(`Looking at ${target.name}...`);
    const found = target.kind === 'aws' ? await examineStack(target) : await examineWorld(target, signal);
    const probed = options.probe === undefined ? [] : await probeWith(target, options.probe, signal, say);
    signal.throwIfAborted();
    return [target.name, [...found, ...probed]];
  } finally {
    target.close();
  }
}

async function probeWith(target: Target, userId: string, signal: AbortSignal, say: (text: string) => void) {
  const counter = createDeliveredCounter(target, signal);
  try {
    const onWait = (what: string) => say(`Waiting for ${what}, five minutes at most...`);
    return await probe({ target, userId, countDelivered: counter.count, signal, onWait });
  } finally {
    counter.close();
  }
}

/** From a command's options to the deployment that it is about. */
import { type Command, Option } from 'commander';
import type { Target, TargetOptions } from './target.ts';
import { WORLD_RUNNER } from './world-hints.ts';

/** Gives a command the options of {@link TargetOptions}. */
export function withTarget(command: Command): Command {
  return command
    .optionsGroup('Where:')
    .option('--stack <name>', "the stack's name", 'PersonalizeUsers')
    .option('--profile <name>', 'a profile of your AWS configuration (default: AWS_PROFILE)')
    .option('--region <region>', "the stack's region (default: AWS_REGION or the profile's)")
    .addOption(
      new Option('--local', `use the embedded world of ${WORLD_RUNNER}, not AWS`).conflicts([
        'stack',
        'profile',
        'region',
      ]),
    )
    .addOption(
      new Option(
        '--world <file>',
        'like --local, for a world whose file is elsewhere (default: .local/world.json)',
      ).implies({ local: true }),
    )
    .optionsGroup('Output:')
    .option('--json', 'print one JSON document')
    .optionsGroup('Options:');
}

/**
 * Finds the deployment. Whoever asks for it closes it.
 *
 * @throws CommandError when there is no such stack, or no embedded world; and what AWS clients throw
 */
export async function connect(options: TargetOptions): Promise<Target> {
  if (options.local) return (await import('./local-target.ts')).connectToLocalWorld(options.world);
  return (await import('./stack-target.ts')).connectToStack(options);
}

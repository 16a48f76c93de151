/** The key of one's own: whether it can be used, and by whom its policy says that it may be. */
import { type Finding, failed, findingOf, type Problem, warning } from '../finding.ts';

export interface KeyState {
  readonly arn: string;
  /** Of DescribeKey, such as `Enabled`. */
  readonly state: string | undefined;
  /** Of GetKeyPolicy, as JSON; undefined if it could not be read. */
  readonly policy: string | undefined;
}

export const ENCRYPTION = 'Encryption key';

/**
 * @param account - of the deployment
 * @param tellsAlarms - there is an alarm topic, which is encrypted with the key
 */
export function checkKey({ arn, state, policy }: KeyState, account: string, tellsAlarms: boolean): Finding {
  const users = policy === undefined ? undefined : whoMayUse(policy);
  return findingOf(
    ENCRYPTION,
    [
      state === 'Enabled'
        ? undefined
        : failed(
            `The key ${arn} is ${state ?? 'in an unknown state'}: nothing can be sent, received or delivered.`,
            state === 'PendingDeletion'
              ? `aws kms cancel-key-deletion --key-id ${arn}, and enable-key. What is in the queues cannot be read without it.`
              : `aws kms enable-key --key-id ${arn}`,
          ),
      users && accountProblem(users, account),
      users && tellsAlarms ? cloudWatchProblem(users) : undefined,
    ],
    `Enabled. Its policy lets these use it: ${[...(users ?? [])].join(', ')}.`,
  );
}

/** IAM policies count only if the key's policy lets the account use it. Source: KMS developer guide, default key policy. */
function accountProblem(users: ReadonlySet<string>, account: string): Problem | undefined {
  if ([...users].some((user) => user === '*' || user.includes(account))) return undefined;
  return failed(
    `Its policy lets nobody of the account ${account} use it, the function included.`,
    'Add the statement UseThroughSqs of docs/security.md to the policy.',
  );
}

/** Source: SNS developer guide, compatibility between event sources and encrypted topics. */
function cloudWatchProblem(users: ReadonlySet<string>): Problem | undefined {
  if ([...users].some((user) => user === '*' || user.startsWith('cloudwatch.amazonaws.com'))) return undefined;
  return warning(
    'Its policy does not let CloudWatch use it: alarms fire, and nobody hears of it.',
    'Add the statement EncryptAlarms of docs/security.md to the policy.',
  );
}

/** Actions that a key is used for. */
const USE = /^kms:(\*|Decrypt|GenerateDataKey\*?|\w*\*)$/;

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
}

function whoMayUse(policy: string): ReadonlySet<string> {
  const { Statement = [] } = JSON.parse(policy) as { Statement?: Statement | readonly Statement[] };
  const statements = [Statement].flat() as readonly Statement[];
  return new Set(
    statements
      .filter(({ Effect, Action = [] }) => Effect === 'Allow' && [Action].flat().some((action) => USE.test(action)))
      .flatMap(({ Principal = {} }) => (typeof Principal === 'string' ? [Principal] : Object.values(Principal).flat())),
  );
}

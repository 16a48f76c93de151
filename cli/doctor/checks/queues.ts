/** The queues: redrive, times, encryption, and who may use them. */
import { RETENTION_IN_SECONDS } from '../../../aws/sqs/limits.ts';
import { type Finding, failed, findingOf, type Problem, warning } from '../finding.ts';
import { type DeployedTemplate, deployedValue, resourcesOf } from '../template.ts';

/** Of GetQueueAttributes, as SQS has them. */
export type QueueAttributes = Readonly<Record<string, string | undefined>>;

export const USERS_QUEUE = 'Users queue';
export const DEAD_LETTER_QUEUE = 'Dead-letter queue';

export interface QueueExpectation {
  readonly url: string;
  readonly deadLetterQueueArn: string;
  readonly maxReceiveCount: number;
  readonly visibilityTimeoutInSeconds: number;
  /** @default its policy is not compared */
  readonly template?: DeployedTemplate | undefined;
  /** The embedded world has neither keys nor policies. @default true */
  readonly isProtected?: boolean;
}

type Protection = Pick<QueueExpectation, 'url' | 'template' | 'isProtected'>;

export function checkUsersQueue(found: QueueAttributes, expected: QueueExpectation): Finding {
  return findingOf(
    USERS_QUEUE,
    [
      redriveProblem(found, expected),
      visibilityProblem(found, expected),
      retentionProblem(found),
      ...protectionProblems(found, expected),
    ],
    `${waiting(found)}; a dead letter after ${expected.maxReceiveCount} receives${guarded(expected)}.`,
  );
}

export function checkDeadLetterQueue(found: QueueAttributes, expected: Protection): Finding {
  const letters =
    Number(found.ApproximateNumberOfMessages ?? 0) + Number(found.ApproximateNumberOfMessagesNotVisible ?? 0);
  return findingOf(
    DEAD_LETTER_QUEUE,
    [
      letters > 0
        ? warning(`About ${letters} dead letters are in it.`, 'personalize-users dlq list says why.')
        : undefined,
      retentionProblem(found),
      ...protectionProblems(found, expected),
    ],
    `Empty${guarded(expected)}.`,
  );
}

function guarded({ isProtected = true }: Protection): string {
  return isProtected ? ', encrypted, nobody else may use it' : '';
}

function protectionProblems(found: QueueAttributes, expected: Protection): readonly (Problem | undefined)[] {
  return expected.isProtected === false ? [] : [encryptionProblem(found), ...policyProblems(found, expected)];
}

function waiting({ ApproximateNumberOfMessages: messages = '0' }: QueueAttributes): string {
  return messages === '0' ? 'Nothing waits' : `About ${messages} messages wait`;
}

function redriveProblem(found: QueueAttributes, expected: QueueExpectation): Problem | undefined {
  const { deadLetterTargetArn, maxReceiveCount } = parse(found.RedrivePolicy) as {
    deadLetterTargetArn?: string;
    maxReceiveCount?: number | string;
  };
  const todo = 'Deploy the stack again.';
  if (deadLetterTargetArn === undefined)
    return failed(
      'It has no dead-letter queue: what crashes the function comes again for 14 days, and is gone then.',
      todo,
    );
  if (deadLetterTargetArn !== expected.deadLetterQueueArn)
    return failed(`Its dead-letter queue is another one: ${deadLetterTargetArn}.`, todo);
  // The function dead-letters with a reason at its count; SQS would be earlier, without one.
  if (Number(maxReceiveCount) !== expected.maxReceiveCount)
    return failed(
      `It moves messages after ${maxReceiveCount} receives, and the function counts to ${expected.maxReceiveCount}.`,
      todo,
    );
  return undefined;
}

function visibilityProblem(found: QueueAttributes, expected: QueueExpectation): Problem | undefined {
  if (Number(found.VisibilityTimeout) === expected.visibilityTimeoutInSeconds) return undefined;
  return warning(
    `Its visibility timeout is ${found.VisibilityTimeout} s, and was deployed as ${expected.visibilityTimeoutInSeconds} s.`,
    'Messages may come again while they are worked on: deploy the stack again.',
  );
}

function retentionProblem({ MessageRetentionPeriod: seconds }: QueueAttributes): Problem | undefined {
  if (Number(seconds) >= RETENTION_IN_SECONDS) return undefined;
  return warning(
    `It keeps messages for ${Number(seconds) / 86_400} days, and not for 14.`,
    'What nobody has looked at by then is lost: raise MessageRetentionPeriod.',
  );
}

function encryptionProblem({ KmsMasterKeyId, SqsManagedSseEnabled }: QueueAttributes): Problem | undefined {
  if (KmsMasterKeyId || SqsManagedSseEnabled === 'true') return undefined;
  return failed('It is not encrypted.', 'Deploy the stack again.');
}

interface Statement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function policyProblems({ Policy }: QueueAttributes, { url, template }: Protection): readonly (Problem | undefined)[] {
  const found = statementsIn(parse(Policy));
  const refusesHttp = found.some(
    ({ Effect, Condition }) => Effect === 'Deny' && String(Condition?.Bool?.['aws:SecureTransport']) === 'false',
  );
  const open = found.find(
    ({ Effect, Principal, Condition }) => Effect === 'Allow' && isEverybody(Principal) && !Condition,
  );
  const expected = template ? expectedSids(template, url) : undefined;
  const sids = new Set(found.map(({ Sid }) => Sid));
  const missing = (expected ?? []).filter((sid) => !sids.has(sid));
  const added = expected ? found.filter(({ Sid, Effect }) => Effect === 'Allow' && !expected.includes(Sid ?? '')) : [];
  return [
    refusesHttp ? undefined : failed('Its policy does not refuse plain HTTP.', 'Deploy the stack again.'),
    open &&
      failed(
        'Its policy lets everybody in.',
        `Remove the statement ${open.Sid ?? 'without a name'}, or deploy the stack again.`,
      ),
    missing.length > 0
      ? failed(`Its policy lacks what was deployed: ${missing.join(', ')}.`, 'Deploy the stack again.')
      : undefined,
    added.length > 0 && !open
      ? warning(
          `Its policy allows what was not deployed: ${added.map(({ Sid }) => Sid ?? 'a statement without a name').join(', ')}.`,
          'If nobody meant it, deploy the stack again; if somebody did, make it a setting (producerPrincipalArns).',
        )
      : undefined,
  ];
}

/** The names of the statements that were deployed; undefined where the queue is not of the stack. */
function expectedSids(template: DeployedTemplate, url: string): readonly string[] | undefined {
  const policies = resourcesOf(template, 'AWS::SQS::QueuePolicy').filter(({ properties }) =>
    (properties.Queues as readonly unknown[] | undefined)?.some(
      (queue) => deployedValue(queue as never, template) === url,
    ),
  );
  if (policies.length === 0) return undefined;
  return policies.flatMap(({ properties }) => statementsIn(properties.PolicyDocument).flatMap(({ Sid }) => Sid ?? []));
}

function statementsIn(policy: unknown): readonly Statement[] {
  const { Statement = [] } = (policy ?? {}) as { Statement?: Statement | readonly Statement[] };
  return Array.isArray(Statement) ? Statement : [Statement as Statement];
}

function isEverybody(principal: unknown): boolean {
  if (principal === '*') return true;
  const { AWS } = (principal ?? {}) as { AWS?: unknown };
  return AWS === '*' || (Array.isArray(AWS) && AWS.includes('*'));
}

function parse(text: string | undefined): object {
  try {
    return JSON.parse(text ?? '{}');
  } catch {
    return {};
  }
}

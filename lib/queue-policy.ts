/** What a queue's policy has room for. SQS says no only when the stack is deployed. */
import { Stack, Token } from 'aws-cdk-lib';
import { type IQueue, QueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { type Place, placeOfArn } from './place.ts';

/** Source: SQS developer guide, policy quotas. That `*` counts as a principal is not said, so it is not counted. */
const MOST_PRINCIPALS = 50;
const MOST_STATEMENTS = 20;
const MOST_BYTES = 8_192;

const WAY_OUT = 'name whole accounts (arn:aws:iam::123456789012:root) or an organization instead of single principals';

/** A policy as the template has it. */
interface PolicyJson {
  readonly Statement: readonly { readonly Principal?: string | Readonly<Record<string, unknown>> }[];
}

/**
 * What SQS would refuse in a queue's policy, as it is by now.
 *
 * @param queueName - such as `the users queue`
 * @param place - where the queue is
 * @returns a sentence without its capital, or undefined when nothing is known to be wrong
 */
export function queuePolicyProblem(queue: IQueue, queueName: string, place: Place): string | undefined {
  const policy = queue.node.tryFindChild('Policy');
  if (!(policy instanceof QueuePolicy)) return undefined;
  const json: PolicyJson = Stack.of(queue).resolve(policy.document);
  const principals = principalsOf(json);
  const foreign = principals.find((arn) => isOfAnotherPartition(arn, place));
  const bytes = Buffer.byteLength(JSON.stringify(json, leastTextOf));
  const would = `the policy of ${queueName} would`;
  if (foreign !== undefined) {
    return `${would} name ${JSON.stringify(foreign)}, which is not in the partition ${place.partition}, where the queue is.`;
  }
  if (principals.length > MOST_PRINCIPALS) {
    return `${would} name ${principals.length} principals, and SQS takes ${MOST_PRINCIPALS}: ${WAY_OUT}.`;
  }
  if (json.Statement.length > MOST_STATEMENTS) {
    return `${would} have ${json.Statement.length} statements, and SQS takes ${MOST_STATEMENTS}: ${WAY_OUT}.`;
  }
  if (bytes > MOST_BYTES) return `${would} have ${bytes} bytes, and SQS takes ${MOST_BYTES}: ${WAY_OUT}.`;
  return undefined;
}

function principalsOf({ Statement }: PolicyJson): readonly unknown[] {
  const all = Statement.flatMap(({ Principal = [] }) =>
    typeof Principal === 'string' ? [Principal] : Object.values(Principal).flat(),
  ).filter((principal) => principal !== '*');
  return [...new Map(all.map((principal) => [JSON.stringify(principal), principal])).values()];
}

/** No policy lets in a principal of another partition. Source: IAM user guide, cross-account access by resource policies. */
function isOfAnotherPartition(principal: unknown, { partition }: Place): boolean {
  if (typeof principal !== 'string' || !principal.startsWith('arn:')) return false;
  const its = placeOfArn(principal).partition;
  return its !== undefined && partition !== undefined && its !== partition;
}

/** The shortest ARN that a queue could have, with a name that CloudFormation makes. */
const SHORTEST_ARN = 'arn:aws:sqs:eu-west-1:123456789012:a-Queue-123456789012';

/** What CloudFormation fills in is counted by the least that it can come to. */
function leastTextOf(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('Fn::GetAtt' in value) return SHORTEST_ARN;
  return 'Ref' in value || 'Fn::Join' in value || Token.isUnresolved(value) ? '' : value;
}

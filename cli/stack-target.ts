/** A stack in AWS, found by its name: where it is, is in the stack's outputs. */

import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsConnection } from '../aws/connections/aws-connection.ts';
import { errorName } from '../aws/error-name.ts';
import { SqsProtocol } from '../aws/sqs/sqs-protocol.ts';
import type { OutputName } from '../contract/deployment/outputs.ts';
import { readSettings } from '../contract/deployment/settings-output.ts';
import { reached } from './aws/reached.ts';
import { CommandError } from './failure.ts';
import type { AwsPlace, AwsTarget, TargetOptions } from './target.ts';
import { WORLD_RUNNER } from './world-hints.ts';

/** Somebody waits for the answer, and nobody will repeat the command at once. Times are milliseconds. */
const PATIENCE = {
  maxAttempts: 5,
  limits: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
} as const;

/** The settings of a client for a place; each client has connections of its own. */
export function clientSettings(place: AwsPlace) {
  const { maxAttempts, limits } = PATIENCE;
  return { ...place, maxAttempts, ...awsConnection({ profile: place.profile, limits }) };
}

/**
 * Finds a stack.
 *
 * @throws CommandError when there is none, or it is another kind of stack; and what AWS clients throw
 */
export async function connectToStack(options: TargetOptions): Promise<AwsTarget> {
  const place = placeOf(options);
  const cloudFormation = reached(new CloudFormationClient(clientSettings(place)));
  try {
    const region = await cloudFormation.config.region();
    const outputs = outputsOf(await findStack(cloudFormation, options.stack, region));
    const output = (name: OutputName) => outputs[name] ?? missingOutput(options.stack, name);
    const queueUrl = output('QueueUrl');
    const settings = readSettings(output('Settings')) ?? missingOutput(options.stack, 'Settings of this version');
    // The queues' URLs would otherwise decide where requests go, and not the endpoint that was set.
    const sqs = new SQSClient({ ...clientSettings(place), useQueueUrlAsEndpoint: false, protocol: SqsProtocol });
    return {
      kind: 'aws',
      name: options.stack,
      region,
      place,
      outputs,
      sqs: reached(sqs),
      queueUrl,
      queueArn: output('QueueArn'),
      deadLetterQueueUrl: output('DeadLetterQueueUrl'),
      deadLetterQueueArn: output('DeadLetterQueueArn'),
      fifo: queueUrl.endsWith('.fifo'),
      settings,
      close: () => sqs.destroy(),
    };
  } catch (error) {
    throw options.profile ? explainProfile(error, options.profile) : error;
  } finally {
    cloudFormation.destroy();
  }
}

/** The SDK does not say whose credentials it did not find. */
function explainProfile(error: unknown, profile: string): unknown {
  if (errorName(error) !== 'CredentialsProviderError') return error;
  return new CommandError(`The profile ${profile} has no AWS credentials: ${(error as Error).message}.`, {
    hint: 'aws configure list-profiles tells which profiles there are; one of AWS SSO needs aws sso login first.',
    cause: error,
  });
}

/** AWS_DEFAULT_REGION is the AWS CLI's; the SDK for JavaScript reads AWS_REGION alone. */
export function placeOf({ profile, region }: TargetOptions): AwsPlace {
  const regionOfCli = process.env.AWS_REGION ? undefined : process.env.AWS_DEFAULT_REGION;
  const chosen = region ?? (regionOfCli || undefined);
  return { ...(profile && { profile }), ...(chosen && { region: chosen }) };
}

async function findStack(client: CloudFormationClient, name: string, region: string): Promise<Stack> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const [stack] = Stacks;
    if (stack) return stack;
  } catch (error) {
    // Source: DescribeStacks API reference: a stack that does not exist is a ValidationError.
    if (!/does not exist/.test((error as Error).message)) throw error;
  }
  throw new CommandError(`There is no stack ${name} in ${region}.`, {
    hint: `Give --stack, --region or --profile; or --local for the embedded world (${WORLD_RUNNER}).`,
  });
}

function outputsOf({ Outputs = [] }: Stack): Readonly<Record<string, string>> {
  return Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']));
}

export function missingOutput(stack: string, name: string): never {
  throw new CommandError(`The stack ${stack} has no output ${name}.`, {
    hint: 'Is it a stack of this product? If another version deployed it, deploy it again (npx cdk deploy). In a stack of your own, ingestion.addOutputs() adds the outputs.',
  });
}

/** The pipeline as it was deployed: everything here is read from the account, and nothing from what was synthesized. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { FunctionDefinition } from '../../local/lambda/function-definition.ts';
import { CLIENT, REGION } from '../deploy/account.ts';
import { readPhysicalIds } from '../deploy/physical-ids.ts';

export interface Deployment {
  /** Its code is what the uploaded zip has in it. */
  readonly definition: FunctionDefinition;
  /** The key of the zip in the bucket of assets. */
  readonly assetKey: string;
  /** Of the zip that was downloaded, in base64. */
  readonly zipSha256: string;
  /** Of the zip that the function was made from, as Lambda says. */
  readonly functionSha256: string;
  readonly queue: { readonly url: string; readonly arn: string };
  readonly deadLetterQueueUrl: string;
  /** Removes the unzipped code. */
  remove(): void;
}

const cloudFormation = new CloudFormationClient(CLIENT);
const lambda = new LambdaClient(CLIENT);
const sqs = new SQSClient(CLIENT);

/** Reads a stack back and unzips its function. */
export async function readDeployment(stackName: string): Promise<Deployment> {
  const physicalId = await readPhysicalIds(stackName);
  const configuration = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: physicalId('AWS::Lambda::Function') }),
  );
  const { Code, LoggingConfig } = await readFunctionProperties(stackName);
  const zip = await download(Code);
  const directory = mkdtempSync(join(tmpdir(), 'personalize-users-runtime-'));
  const variables = configuration.Environment!.Variables!;
  const queueUrl = reachable(physicalId('AWS::SQS::Queue', 'UsersQueue'));
  return {
    definition: {
      name: configuration.FunctionName!,
      arn: configuration.FunctionArn!,
      region: REGION,
      runtime: configuration.Runtime!,
      codeDirectory: unzip(zip, directory),
      handler: configuration.Handler!,
      timeoutInSeconds: configuration.Timeout!,
      memorySizeInMB: configuration.MemorySize!,
      environment: {
        ...variables,
        QUEUE_URL: reachable(variables.QUEUE_URL!),
        DEAD_LETTER_QUEUE_URL: reachable(variables.DEAD_LETTER_QUEUE_URL!),
      },
      logging: {
        format: LoggingConfig.LogFormat ?? 'Text',
        group: physicalId('AWS::Logs::LogGroup'),
      },
    },
    assetKey: Code.S3Key,
    zipSha256: createHash('sha256').update(zip).digest('base64'),
    functionSha256: configuration.CodeSha256!,
    queue: { url: queueUrl, arn: await readArn(queueUrl) },
    deadLetterQueueUrl: reachable(physicalId('AWS::SQS::Queue', 'DeadLetterQueue')),
    remove: () => rmSync(directory, { recursive: true }),
  };
}

interface FunctionProperties {
  readonly Code: { readonly S3Bucket: string; readonly S3Key: string };
  readonly LoggingConfig: { readonly LogFormat?: 'Text' | 'JSON' };
}

/** What moto does not report back of a function is in the template that was deployed. */
async function readFunctionProperties(StackName: string): Promise<FunctionProperties> {
  const { TemplateBody } = await cloudFormation.send(new GetTemplateCommand({ StackName }));
  const resources: { Type: string; Properties: FunctionProperties }[] = Object.values(
    JSON.parse(TemplateBody!).Resources,
  );
  return resources.find(({ Type }) => Type === 'AWS::Lambda::Function')!.Properties;
}

/** A plain GET: moto's S3 only looks whether there is a signature, not at it. */
async function download({ S3Bucket, S3Key }: FunctionProperties['Code']): Promise<Buffer> {
  const headers = { Authorization: `AWS ${CLIENT.credentials.accessKeyId}:unsigned` };
  const reply = await fetch(`${CLIENT.endpoint}/${S3Bucket}/${S3Key}`, { headers });
  if (!reply.ok) throw new Error(`${S3Key} is not in ${S3Bucket}: ${reply.status}`);
  return Buffer.from(await reply.arrayBuffer());
}

/** Node cannot unzip; Python, which moto needs, can. */
function unzip(zip: Buffer, directory: string): string {
  const file = join(directory, 'code.zip');
  const codeDirectory = join(directory, 'code');
  writeFileSync(file, zip);
  execFileSync('python3', ['-m', 'zipfile', '-e', file, codeDirectory]);
  return codeDirectory;
}

/** The URLs of queues that moto makes from a template are at AWS's own host, and that is where the SDK would go. */
function reachable(queueUrl: string): string {
  return CLIENT.endpoint + new URL(queueUrl).pathname;
}

async function readArn(QueueUrl: string): Promise<string> {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  return Attributes!.QueueArn!;
}

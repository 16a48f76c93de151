// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CloudFormation's own placeholders
/** A template as the CDK writes it, cut down to what is of use here. */
import type { AssetManifest } from '../../../local/template/assets.ts';
import type { StackSource } from '../../../local/template/stack.ts';
import type { Template, TemplateValue } from '../../../local/template/template.ts';
import type { World } from '../../../local/template/world.ts';

const HASH = 'e9b8a4f1';

export const WORLD: World = {
  region: 'eu-central-1',
  accountId: '000000000000',
  queueUrl: (name) => `http://127.0.0.1:4566/000000000000/${name}`,
  queueArn: (name) => `arn:aws:sqs:eu-central-1:000000000000:${name}`,
};

export const TEMPLATE = {
  Parameters: {
    BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
    Stage: { Type: 'String', Default: 'dev' },
    Team: { Type: 'String' },
  },
  Mappings: { LatestNodeRuntimeMap: { 'eu-central-1': { value: 'nodejs24.x' } } },
  Resources: {
    UserIngestionDeadLetterQueue1A: {
      Type: 'AWS::SQS::Queue',
      Properties: { MessageRetentionPeriod: 1209600, SqsManagedSseEnabled: true },
    },
    UserIngestionQueue2B: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        KmsMasterKeyId: { 'Fn::GetAtt': ['UserIngestionKey3C', 'Arn'] },
        MessageRetentionPeriod: 345600,
        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::GetAtt': ['UserIngestionDeadLetterQueue1A', 'Arn'] },
          maxReceiveCount: 5,
        },
        VisibilityTimeout: 181,
      },
    },
    UserIngestionKey3C: { Type: 'AWS::KMS::Key', Properties: {} },
    UserIngestionRole4D: { Type: 'AWS::IAM::Role', Properties: { Path: { 'Fn::ImportValue': 'elsewhere' } } },
    UserIngestionLogGroup5E: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 30 } },
    UserIngestionFunction6F: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: {
          S3Bucket: { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' },
          S3Key: `${HASH}.zip`,
        },
        Environment: {
          Variables: {
            DATASET_ARN: {
              'Fn::Join': [
                '',
                ['arn:', { Ref: 'AWS::Partition' }, ':personalize:', { Ref: 'AWS::Region' }, ':1:dataset/shop/USERS'],
              ],
            },
            QUEUE_URL: { Ref: 'UserIngestionQueue2B' },
            DEAD_LETTER_QUEUE_URL: { Ref: 'UserIngestionDeadLetterQueue1A' },
            MAX_RECEIVE_COUNT: '5',
          },
        },
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'WARN', LogGroup: { Ref: 'UserIngestionLogGroup5E' } },
        MemorySize: 512,
        Role: { 'Fn::GetAtt': ['UserIngestionRole4D', 'Arn'] },
        Runtime: { 'Fn::FindInMap': ['LatestNodeRuntimeMap', { Ref: 'AWS::Region' }, 'value'] },
        Timeout: 30,
      },
    },
    UserIngestionMapping7A: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        BatchSize: 500,
        EventSourceArn: { 'Fn::GetAtt': ['UserIngestionQueue2B', 'Arn'] },
        FunctionName: { Ref: 'UserIngestionFunction6F' },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumBatchingWindowInSeconds: 1,
        ScalingConfig: { MaximumConcurrency: 2 },
      },
    },
    CustomResourceProvider8B: {
      Type: 'AWS::Lambda::Function',
      Properties: { Layers: [{ Ref: 'Layer' }], Runtime: 'python3.13' },
    },
    CDKMetadata: { Type: 'AWS::CDK::Metadata', Condition: 'CDKMetadataAvailable' },
  },
  Outputs: {
    QueueUrl: { Value: { Ref: 'UserIngestionQueue2B' } },
    FunctionArn: { Value: { 'Fn::GetAtt': ['UserIngestionFunction6F', 'Arn'] } },
    RoleName: { Value: { Ref: 'UserIngestionRole4D' } },
  },
} as const satisfies Template;

export const MANIFEST: AssetManifest = {
  files: {
    [HASH]: {
      source: { path: `asset.${HASH}`, packaging: 'zip' },
      destinations: { 'current_account-current_region': { objectKey: `${HASH}.zip` } },
    },
    f0f0: {
      source: { path: 'PersonalizeUsers.template.json', packaging: 'file' },
      destinations: { 'current_account-current_region': { objectKey: 'f0f0.json' } },
    },
  },
};

/** The fixture with some properties of a resource replaced; undefined removes one. */
export function stackWith(
  logicalId: keyof (typeof TEMPLATE)['Resources'],
  properties: Readonly<Record<string, TemplateValue | undefined>>,
): StackSource {
  const resource = TEMPLATE.Resources[logicalId];
  const replaced = Object.entries({ ...('Properties' in resource ? resource.Properties : {}), ...properties });
  const Properties = Object.fromEntries(
    replaced.filter((entry): entry is [string, TemplateValue] => entry[1] !== undefined),
  );
  return sourceOf({ ...TEMPLATE, Resources: { ...TEMPLATE.Resources, [logicalId]: { ...resource, Properties } } });
}

export function sourceOf(template: Template): StackSource {
  return { stackName: 'PersonalizeUsers', template, assets: { directory: '/assembly', manifest: MANIFEST } };
}

import * as v from 'valibot';
import type { FunctionDefinition } from '../lambda/function-definition.ts';
import { type AssetManifest, assetDirectory } from './assets.ts';
import type { Scope } from './intrinsics.ts';
import { readProperties, SCALAR } from './properties.ts';
import { identityOf } from './scope.ts';
import type { Resource } from './template.ts';
import type { World } from './world.ts';

/** A function of the stack. */
export interface StackFunction extends FunctionDefinition {
  readonly logicalId: string;
  /** How many invocations there may be at a time; undefined when it is not reserved. */
  readonly reservedConcurrency?: number | undefined;
}

/** Defaults are those of the CloudFormation reference for AWS::Lambda::Function. */
const PROPERTIES = v.object({
  Code: v.object({ S3Key: v.string() }),
  Environment: v.optional(v.object({ Variables: v.optional(v.record(v.string(), SCALAR), {}) }), {}),
  FunctionName: v.optional(v.string()),
  Handler: v.string(),
  LoggingConfig: v.optional(
    v.object({
      LogFormat: v.optional(v.picklist(['Text', 'JSON']), 'Text'),
      ApplicationLogLevel: v.optional(v.string()),
      LogGroup: v.optional(v.string()),
    }),
    {},
  ),
  MemorySize: v.optional(v.number(), 128),
  ReservedConcurrentExecutions: v.optional(v.number()),
  Runtime: v.pipe(v.string(), v.startsWith('nodejs', 'the local world runs Node only')),
  Timeout: v.optional(v.number(), 3),
});

/** What the code cannot notice, or what is about invocations of another kind. */
const IGNORED = [
  'Architectures',
  'CodeSigningConfigArn',
  'DeadLetterConfig',
  'Description',
  'EphemeralStorage',
  'KmsKeyArn',
  'RecursiveLoop',
  'Role',
  'RuntimeManagementConfig',
  'SnapStart',
  'Tags',
  'TracingConfig',
  'VpcConfig',
];

/** Where the stack's assets are. */
export interface Assets {
  /** The cloud assembly's directory. */
  readonly directory: string;
  readonly manifest: AssetManifest;
}

/** @throws TemplateError when the function has what the local world does not know, or its code is not an asset */
export function readFunction(
  logicalId: string,
  resource: Resource,
  scope: Scope,
  world: World,
  assets: Assets,
): StackFunction {
  const properties = readProperties(logicalId, resource, PROPERTIES, IGNORED, scope);
  const { name, attributes } = identityOf(logicalId, resource, scope, world)!;
  const place = { logicalId, member: 'Properties.Code.S3Key' };
  return {
    logicalId,
    name,
    arn: attributes.Arn!,
    region: world.region,
    runtime: properties.Runtime,
    codeDirectory: assetDirectory(assets.manifest, assets.directory, properties.Code.S3Key, place),
    handler: properties.Handler,
    timeoutInSeconds: properties.Timeout,
    memorySizeInMB: properties.MemorySize,
    environment: properties.Environment.Variables,
    reservedConcurrency: properties.ReservedConcurrentExecutions,
    logging: {
      format: properties.LoggingConfig.LogFormat,
      applicationLevel: properties.LoggingConfig.ApplicationLogLevel,
      group: properties.LoggingConfig.LogGroup ?? `/aws/lambda/${name}`,
    },
  };
}

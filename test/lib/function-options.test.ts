/** What the function can have besides, which never changes its sizes, its variables or what it may do. */
import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CodeSigningConfig, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Platform, SigningProfile } from 'aws-cdk-lib/aws-signer';
import type { IngestionFunctionOptions } from '../../lib/function-options.ts';
import { SettingError } from '../../lib/setting.ts';
import { UserIngestion } from '../../lib/user-ingestion.ts';
import { createIngestion, createTestApp, DATASET_ARN, resource } from './support.ts';

const env = { account: '123456789012', region: 'eu-west-1' };

function templateWith(optionsIn: (stack: Stack) => IngestionFunctionOptions, guarded = {}): Template {
  const stack = new Stack(createTestApp(), 'Theirs', { env });
  new UserIngestion(stack, 'Users', { datasetArn: DATASET_ARN, functionOptions: optionsIn(stack), ...guarded });
  return Template.fromStack(stack);
}

interface FunctionProperties {
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
}

const functionOf = (template: Template) =>
  resource(template, 'AWS::Lambda::Function', 'Users').Properties as Readonly<Record<string, unknown>> &
    FunctionProperties;

describe('the function', () => {
  const plain = functionOf(templateWith(() => ({})));
  const layerArn = 'arn:aws:lambda:eu-west-1:123456789012:layer:agent:1';
  const full = templateWith((stack) => ({
    functionName: 'put-users',
    description: 'Ours',
    layers: [LayerVersion.fromLayerVersionArn(stack, 'Layer', layerArn)],
    environment: { TEAM: 'growth' },
    codeSigningConfig: new CodeSigningConfig(stack, 'Signing', {
      signingProfiles: [new SigningProfile(stack, 'Profile', { platform: Platform.AWS_LAMBDA_SHA384_ECDSA })],
    }),
  }));

  test('is as it would be, but for what was asked for', () => {
    const { FunctionName, Description, Layers, CodeSigningConfigArn, Environment, ...others } = functionOf(full);
    expect({ FunctionName, Description, Layers }).toEqual({
      FunctionName: 'put-users',
      Description: 'Ours',
      Layers: [layerArn],
    });
    expect(CodeSigningConfigArn).toBeDefined();
    expect(Environment.Variables).toEqual({ ...plain.Environment.Variables, TEAM: 'growth' });
    const { Description: _, Environment: __, ...expected } = plain;
    expect(others).toEqual(expected);
  });

  test.each(Object.keys(plain.Environment.Variables))('keeps its variable %s', (name) => {
    expect(() => createIngestion({ functionOptions: { environment: { [name]: '1' } } })).toThrow(
      `functionOptions: environment takes variables besides the function's own, but got "${name}"`,
    );
  });

  test('keeps the variables that it has not, too', () => {
    const guarded = templateWith(() => ({}), { orderGuard: true, schemaFile: 'samples/users-schema.avsc' });
    for (const name of [...Object.keys(functionOf(guarded).Environment.Variables), 'POWERTOOLS_LOGGER_LOG_EVENT']) {
      expect(() => createIngestion({ functionOptions: { environment: { [name]: '1' } } })).toThrow(SettingError);
    }
  });

  test.each<[string, IngestionFunctionOptions, string]>([
    ['a name', { functionName: 'put users' }, 'functionName takes 1 to 64 letters'],
    ['a long name', { functionName: 'a'.repeat(65) }, 'functionName takes 1 to 64 letters'],
    ['a description', { description: 'a'.repeat(257) }, 'description takes 256 characters at most, but got 257.'],
    ['a variable of Lambda', { environment: { AWS_REGION: 'x' } }, 'environment takes variables that Lambda does not'],
    ['a variable', { environment: { 'MY-TEAM': 'x' } }, 'environment takes names of letters, digits and underscores'],
    ['subnets', { vpcSubnets: {} }, 'vpcSubnets is given without vpc: give both.'],
    ['security groups', { securityGroups: [] }, 'securityGroups is given without vpc: give both.'],
  ])('refuses %s that Lambda would refuse', (_, functionOptions, sentence) => {
    expect(() => createIngestion({ functionOptions })).toThrow(`functionOptions: ${sentence}`);
  });
});

describe('a function in a VPC', () => {
  const template = templateWith((stack) => {
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
    return {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [new SecurityGroup(stack, 'Group', { vpc })],
    };
  });

  test('is in the subnets and groups that were given', () => {
    const { VpcConfig } = functionOf(template) as unknown as {
      VpcConfig: { SubnetIds: { Ref: string }[]; SecurityGroupIds: unknown[] };
    };
    expect(VpcConfig.SubnetIds.map(({ Ref }) => Ref)).toEqual([
      expect.stringContaining('PrivateSubnet1'),
      expect.stringContaining('PrivateSubnet2'),
    ]);
    expect(VpcConfig.SecurityGroupIds).toEqual([{ 'Fn::GetAtt': [expect.stringContaining('Group'), 'GroupId'] }]);
  });

  test('may have network interfaces, and has no managed policy', () => {
    const role = resource(template, 'AWS::IAM::Role', 'UsersRole').Properties;
    expect(role).not.toHaveProperty('ManagedPolicyArns');
    const { Statement } = resource(template, 'AWS::IAM::Policy', 'UsersRole').Properties.PolicyDocument as {
      Statement: { Sid?: string }[];
    };
    expect(Statement.at(-1)).toEqual({
      Sid: 'UseVpc',
      Effect: 'Allow',
      Action: [
        'ec2:AssignPrivateIpAddresses',
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:UnassignPrivateIpAddresses',
      ],
      Resource: '*',
    });
  });

  test('is in no public subnet, where it would reach nothing', () => {
    expect(() =>
      templateWith((stack) => ({
        vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }),
        vpcSubnets: { subnetType: SubnetType.PUBLIC },
      })),
    ).toThrow('public subnet');
  });
});

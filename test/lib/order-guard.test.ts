import { describe, expect, test } from '@jest/globals';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import type { PersonalizeUsersStackProps } from '../../lib/personalize-users-stack.ts';
import { arnOf, createStack, KEY_ARN, resource, stackTemplate } from './support.ts';

const TABLE = 'AWS::DynamoDB::Table';
const FUNCTION = 'AWS::Lambda::Function';
const USE_BY_TABLE = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];
const THROUGH_DYNAMODB = { StringEquals: { 'kms:ViaService': 'dynamodb.eu-west-1.amazonaws.com' } };

function statementsOfRole(props: Partial<PersonalizeUsersStackProps>) {
  const template = stackTemplate(props);
  const { PolicyDocument } = resource(template, 'AWS::IAM::Policy', 'Role').Properties;
  return { template, statements: (PolicyDocument as { Statement: { Sid?: string }[] }).Statement };
}

function variablesOf(props: Partial<PersonalizeUsersStackProps>) {
  const { Environment } = resource(stackTemplate(props), FUNCTION, 'UsersFunction').Properties;
  return (Environment as { Variables: Readonly<Record<string, unknown>> }).Variables;
}

describe('without the order guard', () => {
  test('there is no table, nothing that may touch one, and nothing that names one', () => {
    const { template, statements } = statementsOfRole({});
    template.resourceCountIs(TABLE, 0);
    expect(JSON.stringify(statements)).not.toContain('dynamodb');
    expect(Object.keys(variablesOf({})).filter((name) => name.startsWith('ORDER_'))).toEqual([]);
    expect(JSON.stringify(template.findOutputs('Settings'))).not.toContain('orderTable');
  });
});

describe('with the order guard', () => {
  test('the table costs nothing while nothing happens, forgets, and can be restored to any second', () => {
    const { Properties } = resource(stackTemplate({ orderGuard: true }), TABLE);
    expect(Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'user', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    expect(Properties.SSESpecification ?? { SSEEnabled: false }).toEqual({ SSEEnabled: false });
  });

  test('the table stays when the queues do', () => {
    const kinds = [TABLE, 'AWS::SQS::Queue'];
    const policies = kinds.flatMap((type) =>
      Object.values(stackTemplate({ orderGuard: true }).findResources(type)).map(
        ({ DeletionPolicy, UpdateReplacePolicy }) => [DeletionPolicy, UpdateReplacePolicy],
      ),
    );
    expect(policies).toEqual([policies[0], policies[0], policies[0]]);
    expect(policies[0]![1]).toBe('Retain');
  });

  test('the function may read and update its items, and nothing else of DynamoDB', () => {
    const { template, statements } = statementsOfRole({ orderGuard: true });
    expect(statements.filter((statement) => JSON.stringify(statement).includes('dynamodb'))).toEqual([
      {
        Sid: 'KeepOrder',
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
        Resource: arnOf(template, TABLE),
      },
    ]);
  });

  test('the function is told of the table, and so is the command line', () => {
    const { id } = resource(stackTemplate({ orderGuard: true }), TABLE);
    expect(variablesOf({ orderGuard: true })).toMatchObject({ ORDER_TABLE_NAME: { Ref: id } });
    expect(JSON.stringify(variablesOf({ orderGuard: true }).ORDER_SALT)).toContain('AWS::StackId');
    const settings = JSON.stringify(stackTemplate({ orderGuard: true }).findOutputs('Settings'));
    expect(settings).toContain('orderTable');
    expect(settings).toContain('orderSalt');
  });

  test('the dashboard shows what the table takes', () => {
    const body = (props: Partial<PersonalizeUsersStackProps>) =>
      JSON.stringify(resource(stackTemplate(props), 'AWS::CloudWatch::Dashboard').Properties.DashboardBody);
    expect(body({ orderGuard: true })).toContain('Writes to the table of versions');
    expect(body({})).not.toContain('Writes to the table of versions');
  });

  test.each<[string, Partial<PersonalizeUsersStackProps>]>([
    ['a key that the stack makes', { encryption: 'customer-managed' }],
    ['a key that it is given', { encryptionKeyArn: KEY_ARN }],
  ])('%s encrypts the table, and the function uses it through DynamoDB', (_, props) => {
    const { template, statements } = statementsOfRole({ orderGuard: true, ...props });
    const key = props.encryptionKeyArn ?? arnOf(template, 'AWS::KMS::Key');
    expect(resource(template, TABLE).Properties.SSESpecification).toEqual({
      KMSMasterKeyId: key,
      SSEEnabled: true,
      SSEType: 'KMS',
    });
    expect(statements.find(({ Sid }) => Sid === 'UseEncryptionKeyForOrder')).toEqual({
      Sid: 'UseEncryptionKeyForOrder',
      Effect: 'Allow',
      Action: USE_BY_TABLE,
      Resource: key,
      Condition: THROUGH_DYNAMODB,
    });
  });

  test('a key that the stack makes can be used through DynamoDB, which keeps using it', () => {
    const { KeyPolicy } = resource(
      stackTemplate({ orderGuard: true, encryption: 'customer-managed' }),
      'AWS::KMS::Key',
    ).Properties;
    expect((KeyPolicy as { Statement: unknown[] }).Statement).toContainEqual(
      expect.objectContaining({
        Sid: 'UseThroughDynamoDB',
        Action: expect.arrayContaining([...USE_BY_TABLE, 'kms:CreateGrant']),
        Condition: THROUGH_DYNAMODB,
      }),
    );
  });

  test.each<[string, Partial<PersonalizeUsersStackProps>]>([
    ['by default', {}],
    ['with a key', { encryption: 'customer-managed' }],
  ])('cdk-nag finds of the table only that no backup plan is there, %s', (_, props) => {
    const stack = createStack({ orderGuard: true, ...props });
    const found = [AwsSolutionsChecks, NIST80053R5Checks].flatMap((Pack) =>
      new Pack(stack)
        .validateScope(stack)
        .violations.filter(({ violatingResources }) =>
          violatingResources.some(({ constructPath = '' }) => constructPath.includes('OrderTable')),
        )
        .map(({ ruleName }) => ruleName),
    );
    // It can be restored to any second of the last 35 days; what is lost with it is the memory of versions, and no user.
    expect(found.filter((rule) => rule !== 'NIST.800.53.R5-DynamoDBInBackupPlan')).toEqual([]);
  });
});

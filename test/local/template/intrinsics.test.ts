// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CloudFormation's own placeholders
import { describe, expect, test } from '@jest/globals';
import { resolve } from '../../../local/template/intrinsics.ts';
import { createScope } from '../../../local/template/scope.ts';
import { TemplateError, type TemplateValue } from '../../../local/template/template.ts';
import { TEMPLATE, WORLD } from './fixture.ts';

const scope = createScope(TEMPLATE, 'PersonalizeUsers', { ...WORLD, parameters: { Team: 'shop' } });
const PLACE = { logicalId: 'Thing', member: 'Properties.Name' };
const resolved = (value: TemplateValue) => resolve(value, scope, PLACE);

const QUEUE_URL = 'http://127.0.0.1:4566/000000000000/UserIngestionQueue2B';
const QUEUE_ARN = 'arn:aws:sqs:eu-central-1:000000000000:UserIngestionQueue2B';
const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:000000000000:function:UserIngestionFunction6F';

describe('an intrinsic function', () => {
  test.each<[string, TemplateValue, TemplateValue]>([
    ['Ref of a queue is its URL', { Ref: 'UserIngestionQueue2B' }, QUEUE_URL],
    ['Ref of a function is its name', { Ref: 'UserIngestionFunction6F' }, 'UserIngestionFunction6F'],
    ['Ref of a log group is its name', { Ref: 'UserIngestionLogGroup5E' }, 'UserIngestionLogGroup5E'],
    ['Ref of a parameter is its default', { Ref: 'Stage' }, 'dev'],
    ['Ref of a parameter is what it is given', { Ref: 'Team' }, 'shop'],
    ['Ref of AWS::Region', { Ref: 'AWS::Region' }, 'eu-central-1'],
    ['Ref of AWS::AccountId', { Ref: 'AWS::AccountId' }, '000000000000'],
    ['Ref of AWS::Partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['Ref of AWS::URLSuffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['Ref of AWS::StackName', { Ref: 'AWS::StackName' }, 'PersonalizeUsers'],
    ['GetAtt of a queue', { 'Fn::GetAtt': ['UserIngestionQueue2B', 'Arn'] }, QUEUE_ARN],
    ['GetAtt of a queue name', { 'Fn::GetAtt': ['UserIngestionQueue2B', 'QueueName'] }, 'UserIngestionQueue2B'],
    ['GetAtt of a queue URL', { 'Fn::GetAtt': ['UserIngestionQueue2B', 'QueueUrl'] }, QUEUE_URL],
    ['GetAtt of a function', { 'Fn::GetAtt': ['UserIngestionFunction6F', 'Arn'] }, FUNCTION_ARN],
    ['GetAtt in its short form', { 'Fn::GetAtt': 'UserIngestionQueue2B.Arn' }, QUEUE_ARN],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1]] }, 'a-dev-1'],
    ['Split', { 'Fn::Split': ['|', 'a|b|c'] }, ['a', 'b', 'c']],
    ['Select', { 'Fn::Select': [1, ['a', 'b']] }, 'b'],
    ['Select with its index as a string', { 'Fn::Select': ['0', ['a', 'b']] }, 'a'],
    [
      'functions in functions',
      { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::GetAtt': ['UserIngestionQueue2B', 'Arn'] }] }] },
      'UserIngestionQueue2B',
    ],
    ['FindInMap', { 'Fn::FindInMap': ['LatestNodeRuntimeMap', { Ref: 'AWS::Region' }, 'value'] }, 'nodejs24.x'],
    ['Sub of a reference', { 'Fn::Sub': 'in-${AWS::Region}-${Stage}' }, 'in-eu-central-1-dev'],
    ['Sub of an attribute', { 'Fn::Sub': '<${UserIngestionQueue2B.Arn}>' }, `<${QUEUE_ARN}>`],
    ['Sub of a variable', { 'Fn::Sub': ['${A}${B}', { A: 'a', B: { Ref: 'Stage' } }] }, 'adev'],
    ['Sub of what is to stay', { 'Fn::Sub': '${!Stage} ${Stage}' }, '${Stage} dev'],
  ])('is resolved: %s', (_, value, expected) => {
    expect(resolved(value)).toEqual(expected);
  });

  test('is resolved wherever it is, and all else is left alone', () => {
    expect(resolved({ a: [1, { b: { Ref: 'Stage' } }], c: null, d: false, Fn: 'x' })).toEqual({
      a: [1, { b: 'dev' }],
      c: null,
      d: false,
      Fn: 'x',
    });
  });

  test('leaves out what AWS::NoValue is the value of', () => {
    expect(resolved({ a: { Ref: 'AWS::NoValue' }, b: ['x', { Ref: 'AWS::NoValue' }] })).toEqual({ b: ['x'] });
  });
});

describe('an error', () => {
  test.each<[string, TemplateValue, string]>([
    ['an unknown function', { 'Fn::ImportValue': 'x' }, 'the local world does not know the function Fn::ImportValue'],
    ['a condition', { 'Fn::If': ['x', 1, 2] }, 'the local world does not know the function Fn::If'],
    ['a reference to nothing', { Ref: 'Absent' }, 'there is no Absent in the template'],
    ['an attribute of nothing', { 'Fn::GetAtt': ['Absent', 'Arn'] }, 'there is no Absent in the template'],
    [
      'a resource of another kind',
      { 'Fn::GetAtt': ['UserIngestionRole4D', 'Arn'] },
      'UserIngestionRole4D is an AWS::IAM::Role, which the local world has not',
    ],
    [
      'an unknown attribute',
      { 'Fn::GetAtt': ['UserIngestionQueue2B', 'Colour'] },
      'the local world has no attribute Colour of UserIngestionQueue2B',
    ],
    ['a parameter from SSM', { Ref: 'BootstrapVersion' }, 'the parameter BootstrapVersion has no value'],
    [
      'no entry in a map',
      { 'Fn::FindInMap': ['LatestNodeRuntimeMap', 'x', 'value'] },
      'no x.value in LatestNodeRuntimeMap',
    ],
    ['nothing to select', { 'Fn::Select': [2, ['a', 'b']] }, 'there is no element 2 to select'],
    ['a Join of no list', { 'Fn::Join': ['-', 'a'] }, '"a" is not a list'],
    ['a Join of a list of lists', { 'Fn::Join': ['-', [['a']]] }, '["a"] is not a string'],
    ['a Join without values', { 'Fn::Join': ['-'] }, '["-"] is not a list of two'],
    ['a Sub of nothing', { 'Fn::Sub': '${Absent}' }, 'there is no Absent in the template'],
  ])('says where it is and what is wrong: %s', (_, value, problem) => {
    const error = caught(() => resolved({ x: [value] }));

    expect(error).toBeInstanceOf(TemplateError);
    expect(error.place).toEqual({ logicalId: 'Thing', member: 'Properties.Name.x.0' });
    expect(error.message).toContain(`Thing, Properties.Name.x.0: `);
    expect(error.message).toContain(problem);
  });

  test('is one for a parameter without a value', () => {
    const withoutTeam = createScope(TEMPLATE, 'PersonalizeUsers', WORLD);

    expect(() => resolve({ Ref: 'Team' }, withoutTeam, PLACE)).toThrow('the parameter Team has no value');
  });
});

function caught(task: () => unknown): TemplateError {
  try {
    task();
  } catch (error) {
    return error as TemplateError;
  }
  throw new Error('There was no error');
}

import { expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readSettings } from '../../contract/deployment/settings-output.ts';
import { PersonalizeUsersStack } from '../../lib/personalize-users-stack.ts';
import { UserIngestion } from '../../lib/user-ingestion.ts';
import { createTestApp, DATASET_ARN } from './support.ts';

const PROPS = { datasetArn: DATASET_ARN, maxPropertiesLength: 1_000, usersPerMessage: 10 };

const outputsOf = (stack: Stack) =>
  Object.fromEntries(
    Object.entries(Template.fromStack(stack).findOutputs('*')).map(([name, { Value }]) => [name, Value]),
  );

test("a stack of one's own has the outputs by which the command line finds the pipeline, if it is asked to", () => {
  const app = createTestApp();
  const own = new Stack(app, 'Own');
  const ingestion = new UserIngestion(own, 'Users', PROPS);
  expect(outputsOf(own)).toEqual({});

  const asked = new Stack(createTestApp(), 'Own');
  new UserIngestion(asked, 'Users', PROPS).addOutputs();
  const ours = outputsOf(new PersonalizeUsersStack(createTestApp(), 'Ours', { ...PROPS, monitoring: false }));
  const outputs = outputsOf(asked);
  expect(Object.keys(outputs).sort()).toEqual(Object.keys(ours).sort());
  expect(readSettings(outputs.Settings)).toEqual(readSettings(ours.Settings));
  expect(readSettings(outputs.Settings)).toMatchObject({ maxPropertiesLength: 1_000, usersPerMessage: 10 });
  expect(outputs.DatasetArn).toBe(DATASET_ARN);
  expect(outputs.QueueUrl).toEqual(asked.resolve(ingestion.queue.queueUrl));
});

test('a second pipeline of a stack is not found, and says so', () => {
  const stack = new Stack(createTestApp(), 'Shop');
  new UserIngestion(stack, 'Members', PROPS).addOutputs();
  const guests = new UserIngestion(stack, 'Guests', PROPS);
  expect(() => guests.addOutputs()).toThrow(
    'Shop has the outputs of Shop/Members: the command line finds one pipeline in a stack, so give Shop/Guests a stack of its own.',
  );
});

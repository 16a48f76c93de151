import { PersonalizeEventsClient } from '@aws-sdk/client-personalize-events';
import { expect, test } from '@jest/globals';
import { putUsersWith } from '../../../lambda/aws/put-users.ts';
import { localClient, startScriptedServer } from '../../support/scripted-server.ts';

const ARN = 'arn:aws:personalize:eu-west-1:123456789012:dataset/shop/USERS';
// A clock that counts what has elapsed does so in parts of a millisecond.
const IN_TIME = { timeoutInMilliseconds: 10_000.5 };

test('a call carries the dataset and its users, and is made once', async () => {
  const calls: unknown[] = [];
  const server = await startScriptedServer((request, response, body) => {
    calls.push([request.method, request.url, JSON.parse(body)]);
    response.end();
  });
  const client = new PersonalizeEventsClient({ ...localClient(server.endpoint), maxAttempts: 1 });
  const users = [{ userId: 'a' }, { userId: 'b', properties: '{"age":7}' }];
  expect(await putUsersWith(client, ARN)(users, IN_TIME)).toBeUndefined();
  expect(calls).toEqual([['POST', '/users', { datasetArn: ARN, users }]]);
  client.destroy();
  await server.stop();
});

test('what the service refuses is thrown as the SDK has it', async () => {
  const server = await startScriptedServer((_, response) => {
    response.writeHead(400, { 'content-type': 'application/json', 'x-amzn-errortype': 'InvalidInputException' });
    response.end(JSON.stringify({ message: 'it is bad' }));
  });
  const client = new PersonalizeEventsClient({ ...localClient(server.endpoint), maxAttempts: 1 });
  await expect(putUsersWith(client, ARN)([{ userId: 'a' }], IN_TIME)).rejects.toMatchObject({
    name: 'InvalidInputException',
    message: 'it is bad',
  });
  client.destroy();
  await server.stop();
});

test('a call without an answer is given up in its time, and that is what is said of it', async () => {
  const server = await startScriptedServer(() => {});
  const client = new PersonalizeEventsClient({ ...localClient(server.endpoint), maxAttempts: 1 });
  await expect(putUsersWith(client, ARN)([{ userId: 'a' }], { timeoutInMilliseconds: 20 })).rejects.toMatchObject({
    name: 'TimeoutError',
    message: 'no reply within 20 ms',
  });
  client.destroy();
  await server.stop();
});

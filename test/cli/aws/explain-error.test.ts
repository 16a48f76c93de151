/** Errors of real SDK clients, made by what a server answers. test/cli/e2e/failures.test.ts has those of no answer. */
import { ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { withCallsRemembered } from '../../../cli/aws/calls.ts';
import { explainAwsError } from '../../../cli/aws/explain-error.ts';
import { localClient, type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';

const QUEUE_URL = 'https://sqs.eu-west-1.amazonaws.com/123456789012/letters';

describe('an error of AWS', () => {
  let server: ScriptedServer | undefined;
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  async function whenSqsAnswers(status: number, type: string, message: string) {
    server = await startScriptedServer((_, response) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: `com.amazonaws.sqs#${type}`, message }));
    });
    const client = withCallsRemembered(new SQSClient({ ...localClient(server.endpoint), maxAttempts: 1 }));
    const error = await client.send(new ReceiveMessageCommand({ QueueUrl: QUEUE_URL })).catch((thrown) => thrown);
    client.destroy();
    return explainAwsError(error);
  }

  test('says which action on which ARN is not allowed, and to whom', async () => {
    const who = 'arn:aws:sts::123456789012:assumed-role/Operator/ann';
    const arn = 'arn:aws:sqs:eu-west-1:123456789012:letters';
    const said = `User: ${who} is not authorized to perform: sqs:receivemessage on resource: ${arn} because no identity-based policy allows the sqs:receivemessage action`;
    const explanation = await whenSqsAnswers(403, 'AccessDeniedException', said);
    expect(explanation?.message).toBe(`No permission for sqs:ReceiveMessage on ${arn}.`);
    expect(explanation?.hint).toContain(`Allow it to ${who}`);
  });

  test('says which action on which queue is not allowed when AWS does not', async () => {
    const explanation = await whenSqsAnswers(403, 'AccessDenied', 'Access to the resource is denied.');
    expect(explanation?.message).toBe(`No permission for sqs:ReceiveMessage on ${QUEUE_URL}.`);
  });

  test.each([
    [400, 'KmsAccessDenied', 'The ciphertext refers to a key', /^No permission to use the KMS key of .*letters: /],
    [400, 'QueueDoesNotExist', 'The specified queue does not exist', /^The queue .*letters does not exist\.$/],
    [
      403,
      'ExpiredToken',
      'The security token included in the request is expired',
      /^The AWS credentials have expired: /,
    ],
    [403, 'InvalidClientTokenId', 'The security token is invalid.', /^AWS does not accept the credentials: /],
    [400, 'RequestThrottled', 'Slow down', /^AWS throttles sqs:ReceiveMessage: Slow down\.$/],
    [500, 'InternalError', 'We are sorry', /^sqs:ReceiveMessage failed: InternalError: We are sorry\.$/],
  ])('%d %s is a sentence', async (status, type, message, sentence) => {
    expect((await whenSqsAnswers(status, type, message))?.message).toMatch(sentence);
  });

  test('tells a page of a proxy from an answer of AWS', async () => {
    server = await startScriptedServer((_, response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>');
    });
    const client = withCallsRemembered(new SQSClient({ ...localClient(server.endpoint), maxAttempts: 1 }));
    const error = await client.send(new ReceiveMessageCommand({ QueueUrl: QUEUE_URL })).catch((thrown) => thrown);
    client.destroy();
    expect(explainAwsError(error)?.message).toBe(
      'sqs:ReceiveMessage got an answer that is none of AWS, with HTTP status 502.',
    );
  });

  test('names the action of a batch as policies do', async () => {
    server = await startScriptedServer((_, response) => {
      response.writeHead(403, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: 'AccessDenied', message: 'no' }));
    });
    const client = withCallsRemembered(new SQSClient({ ...localClient(server.endpoint), maxAttempts: 1 }));
    const Entries = [{ Id: '0', MessageBody: 'x' }];
    const command = new SendMessageBatchCommand({ QueueUrl: QUEUE_URL, Entries });
    const error = await client.send(command).catch((thrown) => thrown);
    client.destroy();
    expect(explainAwsError(error)?.message).toBe(`No permission for sqs:SendMessage on ${QUEUE_URL}.`);
  });

  test('is none of ours when it is a defect', () => {
    expect(explainAwsError(new TypeError('x is not a function'))).toBeUndefined();
    expect(explainAwsError('thrown')).toBeUndefined();
  });
});

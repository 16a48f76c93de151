/** Where the producer's own client sends to. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { regionOfQueue, usesHostOfQueue } from '../../producer/queue-client.ts';
import { UserProducer } from '../../producer/user-producer.ts';
import { type ServerBehindProxy, startServerBehindProxy } from '../support/behind-proxy.ts';
import type { ProxyManner, TestProxy } from '../support/proxy.ts';
import { type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';

const REGION = 'eu-nowhere-1';
const HOST = `sqs.${REGION}.amazonaws.com`;

describe('the endpoint', () => {
  const PLAIN = { isCustomEndpoint: false, useFipsEndpoint: false, useDualstackEndpoint: false };
  const AWS = `https://${HOST}/1/users`;
  const VPC = `https://vpce-0a1b-2c3d.sqs.${REGION}.vpce.amazonaws.com/1/users`;
  const LOCAL = 'http://127.0.0.1:4566/1/users';

  test.each([
    [AWS, {}, true],
    [VPC, {}, true],
    [LOCAL, {}, true],
    [AWS, { isCustomEndpoint: true }, false],
    [LOCAL, { isCustomEndpoint: true }, false],
    [AWS, { useFipsEndpoint: true }, false],
    [VPC, { useFipsEndpoint: true }, false],
    [AWS, { useDualstackEndpoint: true }, false],
    [LOCAL, { useFipsEndpoint: true, useDualstackEndpoint: true }, true],
    ['http://[::1]:4566/1/users', { useFipsEndpoint: true }, true],
  ])('of %s with %j is the host of its URL: %p', (queueUrl, choice, expected) => {
    expect(usesHostOfQueue(queueUrl, { ...PLAIN, ...choice })).toBe(expected);
  });

  test.each([
    ['https://sqs.eu-west-1.amazonaws.com/1/users', 'eu-west-1'],
    ['https://sqs-fips.us-gov-west-1.amazonaws.com/1/users', 'us-gov-west-1'],
    ['https://sqs.cn-north-1.amazonaws.com.cn/1/users', 'cn-north-1'],
    ['https://sqs.eu-west-1.api.aws/1/users', 'eu-west-1'],
    ['https://vpce-0a1b-2c3d.sqs.ap-southeast-2.vpce.amazonaws.com/1/users', 'ap-southeast-2'],
    ['https://eu-west-1.queue.amazonaws.com/1/users', 'eu-west-1'],
    ['https://us-gov-west-1.queue.amazonaws.com/1/users', 'us-gov-west-1'],
    ['https://eu-nowhere-10.queue.amazonaws.com/1/users', 'eu-nowhere-10'],
    ['https://sqs.eu-nowhere-10.amazonaws.com/1/users', 'eu-nowhere-10'],
    ['https://queue.amazonaws.com/1/users', 'us-east-1'],
    ['http://127.0.0.1:4566/1/users', undefined],
    ['https://sqs.example.com/1/users', undefined],
    // Somebody else's host, whatever its name begins with.
    ['https://sqs.eu-west-1.amazonaws.com.example.com/1/users', undefined],
    ['https://eu-west-1.queue.amazonaws.com.example.com/1/users', undefined],
    ['https://x.eu-west-1.queue.amazonaws.com/1/users', undefined],
  ])('of %s is in %p', (queueUrl, region) => {
    expect(regionOfQueue(queueUrl)).toBe(region);
  });
});

describe('a producer without a client', () => {
  const environment = { ...process.env };
  let sqs: ScriptedServer;
  let server: ServerBehindProxy;
  /** Two of the producer, and in each three of the SDK. */
  const ATTEMPTS_OF_BOTH = 6;
  let proxy: TestProxy;
  beforeEach(async () => {
    sqs = await startScriptedServer((_, response, body) => {
      const { Entries } = JSON.parse(body) as { Entries: { Id: string; MessageBody: string }[] };
      const Successful = Entries.map(({ Id, MessageBody }) => ({
        Id,
        MessageId: `message-${Id}`,
        MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
      }));
      response.end(JSON.stringify({ Successful }));
    });
    server = await startServerBehindProxy(sqs.endpoint);
    for (const name of Object.keys(process.env)) if (/^AWS_|_proxy$/i.test(name)) delete process.env[name];
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CA_BUNDLE: server.bundle,
    });
  });
  afterEach(async () => {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, environment);
    await server.stop();
    await sqs.stop();
  });

  async function send(
    env: Readonly<Record<string, string>>,
    {
      manner = 'open',
      queueUrl = `https://${HOST}/123456789012/users`,
    }: { manner?: ProxyManner; queueUrl?: string } = {},
  ) {
    proxy = await server.startProxy(manner);
    Object.assign(process.env, { HTTPS_PROXY: `http://joe:s3cret@${proxy.address}`, ...env });
    await using producer = new UserProducer({ queueUrl, maxAttempts: 2 });
    const sent = await producer.send({ userId: 'a' });
    expect(sent.messageId).toBe('message-0');
    return proxy.requests().map(({ target }) => target);
  }

  test.each<[Record<string, string>, string]>([
    [{}, `${HOST}:443`],
    [{ AWS_ENDPOINT_URL: 'https://aws.invalid' }, 'aws.invalid:443'],
    [{ AWS_ENDPOINT_URL_SQS: 'https://aws.invalid:8443', AWS_ENDPOINT_URL: 'https://no.invalid' }, 'aws.invalid:8443'],
    [{ AWS_ENDPOINT_URL: 'https://no.invalid', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, `${HOST}:443`],
    [{ AWS_USE_FIPS_ENDPOINT: 'true' }, `sqs-fips.${REGION}.amazonaws.com:443`],
    [{ AWS_USE_DUALSTACK_ENDPOINT: 'true' }, `sqs.${REGION}.api.aws:443`],
    [{ AWS_REGION: 'eu-central-1' }, `${HOST}:443`],
  ])('with %j sends through the proxy to %s', async (env, target) => {
    expect(await send(env)).toEqual([target]);
  });

  test('sends to a queue of this machine directly, whatever the configuration says of AWS', async () => {
    const queueUrl = `${sqs.endpoint}/123456789012/users`;
    const env = { AWS_USE_FIPS_ENDPOINT: 'true', AWS_REGION: 'eu-west-1' };
    expect(await send({ ...env, HTTP_PROXY: 'http://127.0.0.1:9' }, { queueUrl })).toEqual([]);
    expect(sqs.requests()).toBe(1);
  });

  test('says at once which proxy refuses', async () => {
    const error = await send({}, { manner: '407 Proxy Authentication Required' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'UsersNotSentError',
      message: `sending ended after 0 users: the proxy http://${proxy.address} (HTTPS_PROXY) lets nothing through to ${HOST}:443: 407 Proxy Authentication Required`,
    });
    expect(proxy.requests()).toHaveLength(1);
  });

  test('tries again when the proxy is at fault itself', async () => {
    await expect(send({}, { manner: '500 Internal Server Error' })).rejects.toThrow('500 Internal Server Error');
    expect(proxy.requests()).toHaveLength(ATTEMPTS_OF_BOTH);
  });

  test('tries again when the proxy hangs up', async () => {
    await expect(send({}, { manner: 'hangUp' })).rejects.toThrow('it ended the connection');
    expect(proxy.requests()).toHaveLength(ATTEMPTS_OF_BOTH);
  });
});

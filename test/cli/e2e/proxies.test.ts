/** Proxies that the environment names: all of AWS is asked through them, and a sentence says which one is in the way. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type ServerBehindProxy, startServerBehindProxy } from '../../support/behind-proxy.ts';
import type { ProxyManner } from '../../support/proxy.ts';
import { SSO_PORTAL, writeSsoProfile } from '../../support/sso-profile.ts';
import { awsAt, runCli } from '../support/run-cli.ts';
import { type ScriptedAws, stackOutputs, startScriptedAws } from '../support/scripted-aws.ts';

jest.setTimeout(60_000);

const QUEUES = {
  usersUrl: 'https://aws.invalid/123456789012/users',
  lettersUrl: 'https://aws.invalid/123456789012/letters',
};

let aws: ScriptedAws;
let server: ServerBehindProxy;
beforeEach(async () => {
  aws = await startScriptedAws(
    {
      GetQueueAttributes: () => ({
        output: {
          Attributes: {
            ApproximateNumberOfMessages: '0',
            ApproximateNumberOfMessagesNotVisible: '0',
            ApproximateNumberOfMessagesDelayed: '0',
          },
        },
      }),
      GetMetricData: () => ({ output: { MetricDataResults: [] } }),
    },
    { PersonalizeUsers: stackOutputs(QUEUES) },
  );
  server = await startServerBehindProxy(aws.endpoint);
});
afterEach(async () => {
  await server.stop();
  await aws.stop();
});

const env = (more: Readonly<Record<string, string>>) => ({
  ...awsAt('https://aws.invalid'),
  AWS_CA_BUNDLE: server.bundle,
  ...more,
});

describe('a proxy', () => {
  test.each(['HTTPS_PROXY', 'https_proxy'])(
    'of %s is what every client connects by, with its user and password',
    async (name) => {
      const { address, requests } = await server.startProxy('open');
      const { code, stdout, stderr } = await runCli(
        ['status', '--json'],
        env({ [name]: `http://joe:s3cret%21@${address}` }),
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({ queue: { waiting: 0 } });
      // CloudFormation, SQS and CloudWatch.
      expect(requests().length).toBeGreaterThanOrEqual(3);
      expect(new Set(requests().map(({ target }) => target))).toEqual(new Set(['aws.invalid:443']));
      expect(new Set(requests().map(({ credentials }) => credentials))).toEqual(new Set(['joe:s3cret!']));
      expect(aws.callsOf('GetMetricData')).toHaveLength(1);
    },
  );

  test('may be named without a scheme, as the AWS CLI takes it', async () => {
    const { address, requests } = await server.startProxy('open');
    expect(await runCli(['status'], env({ HTTPS_PROXY: address }))).toMatchObject({ code: 0, stderr: '' });
    expect(requests()).not.toEqual([]);
  });

  test('is not for hosts of NO_PROXY and their subdomains, nor for those of this machine', async () => {
    const { address, requests } = await server.startProxy('open');
    const result = await runCli(['status'], env({ HTTPS_PROXY: address, NO_PROXY: 'example.com, invalid' }));
    expect(result.stderr).toContain('ENOTFOUND aws.invalid');
    const local = awsAt(aws.endpoint);
    expect(await runCli(['status'], { ...local, HTTP_PROXY: `http://${address}` })).toMatchObject({ code: 0 });
    expect(requests()).toEqual([]);
  });

  test('of HTTP_PROXY is for endpoints of plain HTTP', async () => {
    const { address, requests } = await server.startProxy('open');
    await runCli(['status'], { ...awsAt('http://aws.invalid'), HTTP_PROXY: `http://${address}` });
    expect(requests()[0]?.target).toBe('http://aws.invalid/');
  });

  test('is also the way to credentials of AWS SSO', async () => {
    const { address, requests } = await server.startProxy('403 Forbidden');
    const { code, stderr } = await runCli(['status', '--profile', 'sso'], {
      ...writeSsoProfile(server.directory),
      AWS_ENDPOINT_URL: '',
      HTTPS_PROXY: `http://${address}`,
    });
    expect(code).toBe(1);
    expect(requests()[0]?.target).toBe(SSO_PORTAL);
    expect(stderr).toContain(`the proxy http://${address} (HTTPS_PROXY)`);
    expect(stderr).not.toMatch(/^\s+at |defect/m);
  });
});

describe('a proxy that is in the way is named, without its password', () => {
  async function sentenceOf(manner: ProxyManner) {
    const { address } = await server.startProxy(manner);
    const result = await runCli(
      ['status'],
      env({ HTTPS_PROXY: `http://joe:s3cret@${address}`, AWS_MAX_ATTEMPTS: '1' }),
    );
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).not.toMatch(/s3cret|joe|defect|^\s+at /m);
    return result.stderr.replaceAll(address, 'PROXY');
  }

  test.each<[ProxyManner, string]>([
    ['407 Proxy Authentication Required', '407 Proxy Authentication Required.\nIt takes a user and a password'],
    ['403 Forbidden', '403 Forbidden.\nCheck HTTPS_PROXY.'],
    ['503 Service Unavailable', '503 Service Unavailable.\nCheck HTTPS_PROXY.'],
    ['hangUp', 'it ended the connection.'],
    ['silent', 'no answer within 4500 ms.'],
  ])('%s', async (manner, sentence) => {
    expect(await sentenceOf(manner)).toContain(
      `error: The proxy http://PROXY (HTTPS_PROXY) lets nothing through to aws.invalid:443: ${sentence}`,
    );
  });

  test.each([
    [
      'http://joe:s3cret@127.0.0.1:9',
      /No connection to aws.invalid:443 by the proxy http:\/\/127.0.0.1:9 \(HTTPS_PROXY\): .*ECONNREFUSED/,
    ],
    ['http://joe:s3cret@proxy.invalid:3128', /by the proxy http:\/\/proxy.invalid:3128 \(HTTPS_PROXY\): .*ENOTFOUND/],
    ['socks5://joe:s3cret@127.0.0.1:9', /HTTPS_PROXY names a proxy of the kind socks5:\/\/, which cannot be used/],
    ['http://joe:s3cret@:::', /HTTPS_PROXY is no URL of a proxy: it takes http:\/\/HOST:PORT\./],
  ])('%s', async (url, sentence) => {
    const result = await runCli(['status'], env({ HTTPS_PROXY: url }));
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(sentence) });
    expect(result.stderr).not.toMatch(/s3cret|joe|defect|^\s+at /m);
  });

  test('a certificate of nobody that is known is explained', async () => {
    const { address } = await server.startProxy('open');
    const { code, stderr } = await runCli(['status'], env({ HTTPS_PROXY: address, AWS_CA_BUNDLE: '' }));
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: The certificate is not trusted: .*\n.*AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS/);
    expect(stderr).toContain(address);
  });

  test('an AWS_CA_BUNDLE that is not there is said', async () => {
    const { code, stderr } = await runCli(['status'], env({ AWS_CA_BUNDLE: '/nowhere/bundle.pem' }));
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/AWS_CA_BUNDLE.*\/nowhere\/bundle.pem/),
    });
    expect(stderr).not.toMatch(/defect|^\s+at /m);
  });
});

/** Where an AWS client has its credentials from, and by which way they are fetched. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { awsConnection } from '../../../aws/connections/aws-connection.ts';
import { startProxy, type TestProxy } from '../../support/proxy.ts';
import { SSO_PORTAL, writeSsoProfile } from '../../support/sso-profile.ts';

const keys = (name: string, id: string) => `[profile ${name}]\naws_access_key_id=${id}\naws_secret_access_key=s\n`;

const environment = { ...process.env };
let directory: string;
let proxy: TestProxy;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'aws-connection-'));
  proxy = await startProxy(9, '403 Forbidden');
  for (const variable of Object.keys(process.env)) if (/^AWS_|_proxy$/i.test(variable)) delete process.env[variable];
  Object.assign(process.env, {
    ...writeSsoProfile(directory, keys('joe', 'JOE') + keys('ann', 'ANN')),
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    HTTPS_PROXY: `http://${proxy.address}`,
  });
});
afterEach(async () => {
  process.env = { ...environment };
  await proxy.stop();
  rmSync(directory, { recursive: true });
});

test('credentials are those of the profile that is given, and else of AWS_PROFILE', async () => {
  process.env.AWS_PROFILE = 'ann';
  expect(await awsConnection({ profile: 'joe' }).credentials()).toMatchObject({ accessKeyId: 'JOE' });
  expect(await awsConnection().credentials()).toMatchObject({ accessKeyId: 'ANN' });
});

test('those of AWS SSO are fetched by the proxy, as all else is', async () => {
  await expect(awsConnection({ profile: 'sso' }).credentials()).rejects.toThrow(`the proxy http://${proxy.address}`);
  expect(proxy.requests()[0]?.target).toBe(SSO_PORTAL);
});

test('time limits are for the client, beside its connections', () => {
  const { requestHandler } = awsConnection({ limits: { requestTimeout: 1_000 } });
  expect(requestHandler).toEqual({
    requestTimeout: 1_000,
    httpAgent: expect.anything(),
    httpsAgent: expect.anything(),
  });
});

import { describe, expect, test } from '@jest/globals';
import { readProxies } from '../../../aws/connections/proxies.ts';

describe('the proxies of the environment', () => {
  test('are none without variables, or with empty ones', () => {
    expect(readProxies({ HTTPS_PROXY: '', http_proxy: ' ' })).toMatchObject({ https: undefined, http: undefined });
  });

  test.each([
    [{ HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:2' }, 'https_proxy', 'http://b:2'],
    [{ HTTPS_PROXY: 'http://a:1', https_proxy: '' }, 'HTTPS_PROXY', 'http://a:1'],
    [{ HTTPS_PROXY: 'a:1' }, 'HTTPS_PROXY', 'http://a:1'],
    [{ HTTPS_PROXY: '//a:1' }, 'HTTPS_PROXY', 'http://a:1'],
    [{ HTTPS_PROXY: 'HTTPS://joe:secret@a:1/' }, 'HTTPS_PROXY', 'https://a:1'],
    [{ HTTPS_PROXY: 'joe:secret@a:1' }, 'HTTPS_PROXY', 'http://a:1'],
  ])('%j', (env, variable, name) => {
    expect(readProxies(env).https).toMatchObject({ variable, name });
  });

  test('are asked nothing for this machine, and for names and their subdomains', () => {
    const { bypassed } = readProxies({ NO_PROXY: 'example.com, .example.org 10.0.0.1,*.dev,host:443' });
    expect(bypassed.split(',').slice(-6)).toEqual([
      'example.com',
      '.example.com',
      '.example.org',
      '10.0.0.1',
      '*.dev',
      'host:443',
    ]);
    expect(bypassed).toContain('localhost');
    expect(readProxies({ no_proxy: 'a.b', NO_PROXY: 'c.d' }).bypassed).not.toContain('c.d');
  });
});

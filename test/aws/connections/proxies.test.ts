import { describe, expect, test } from '@jest/globals';
import { isThisMachine, ProxyError, readProxies } from '../../../aws/connections/proxies.ts';

describe('the proxies of the environment', () => {
  test('are none without variables, or with empty ones', () => {
    expect(readProxies({ HTTPS_PROXY: '', http_proxy: ' ' })).toMatchObject({ https: undefined, http: undefined });
  });

  test.each([
    [{ HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:2' }, 'https_proxy', 'http://b:2'],
    [{ HTTPS_PROXY: 'http://a:1', https_proxy: '' }, 'HTTPS_PROXY', 'http://a:1'],
    [{ HTTPS_PROXY: 'a:1' }, 'HTTPS_PROXY', 'http://a:1'],
    [{ HTTPS_PROXY: ' http://a:1 ' }, 'HTTPS_PROXY', 'http://a:1'],
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

  test('keep user and password in the URL that connects, and in no name', () => {
    expect(readProxies({ http_proxy: 'joe:secret@a:1' }).http).toEqual({
      variable: 'http_proxy',
      url: 'http://joe:secret@a:1/',
      name: 'http://a:1',
    });
  });

  test.each([
    ['http://', 'HTTPS_PROXY is no URL of a proxy: it takes http://HOST:PORT.'],
    ['http://joe:s3cret@:x', 'HTTPS_PROXY is no URL of a proxy: it takes http://HOST:PORT.'],
    [
      'socks5://a:1',
      'HTTPS_PROXY names a proxy of the kind socks5://, which cannot be used: it takes http:// or https://.',
    ],
  ])('as %s cannot be used, and what it may hold is not said', (HTTPS_PROXY, sentence) => {
    expect(() => readProxies({ HTTPS_PROXY })).toThrow(new ProxyError(sentence));
  });

  test('are asked for hosts that only look like this machine', () => {
    const local = ['localhost', 'LOCALHOST', 'a.localhost', '127.0.0.1', '127.255.10.99', 'b.a.localhost', '[::1]'];
    const others = ['localhost.example.com', 'notlocalhost', '127.0.0.1.example.com', '128.0.0.1', 'x127.0.0.1', '::1'];
    expect([...local, ...others].filter(isThisMachine)).toEqual(local);
    expect(readProxies({}).bypassed).toBe('localhost,*.localhost,127.0.0.0-127.255.255.255,::1,[::1]');
  });
});

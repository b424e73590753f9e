import { describe, expect, it } from 'vitest';
import { proxyExceptions } from '../../../src/core/settings/proxy-exceptions';

const own = 'localhost,127.0.0.1,::1';
const proxy = 'http://127.0.0.1:9';

describe('exceptions from a proxy', () => {
  it.each(['http_proxy', 'HTTP_PROXY', 'Http_Proxy', 'https_proxy', 'ALL_PROXY', 'grpc_proxy'])(
    'keep loopback out of %s, for programs that read either case',
    (name) => {
      expect(proxyExceptions({ [name]: proxy }, [], 'linux')).toEqual({
        NO_PROXY: own,
        no_proxy: own,
      });
    },
  );

  it.each<Record<string, string>>([
    {},
    { PATH: '/bin' },
    { no_proxy: '.corp' },
    { http_proxy: '' },
  ])('are not set without a proxy: %j', (env) => {
    expect(proxyExceptions(env, [], 'linux')).toEqual({});
  });

  it('are added to those that are there, in both cases', () => {
    const added = `.corp,${own}`;
    for (const name of ['NO_PROXY', 'no_proxy']) {
      const env = { http_proxy: proxy, [name]: '.corp' };
      expect(proxyExceptions(env, [], 'linux')).toEqual({ NO_PROXY: added, no_proxy: added });
    }
    expect(
      proxyExceptions({ http_proxy: proxy, NO_PROXY: 'a', no_proxy: 'b' }, [], 'linux'),
    ).toEqual({ NO_PROXY: `a,${own}`, no_proxy: `b,${own}` });
  });

  it('are added once, with the hosts of components that are not on loopback', () => {
    const env = { http_proxy: proxy, no_proxy: ' localhost , 127.0.0.1,' };
    expect(proxyExceptions(env, ['127.0.0.2', '::1', '127.0.0.2'], 'linux')['no_proxy']).toBe(
      'localhost,127.0.0.1,::1,127.0.0.2',
    );
  });

  it('leave a star alone, and add to the variable that gRPC reads first', () => {
    const env = { grpc_proxy: proxy, no_proxy: '*', no_grpc_proxy: 'x' };
    expect(proxyExceptions(env, [], 'linux')).toEqual({
      no_proxy: '*',
      NO_PROXY: '*',
      no_grpc_proxy: `x,${own}`,
    });
  });

  it('are one variable on Windows', () => {
    expect(proxyExceptions({ HTTP_PROXY: proxy }, [], 'win32')).toEqual({ NO_PROXY: own });
    expect(proxyExceptions({ HTTP_PROXY: proxy, No_Proxy: 'a' }, [], 'win32')).toEqual({
      No_Proxy: `a,${own}`,
    });
  });
});

import { describe, expect, it } from 'vitest';
import { missingParameter } from '../../../src/core/plan/missing-parameter';
import { startParameters } from '../../../src/core/plan/start-parameters';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import { parseFolderSettings } from '../../../src/core/settings/parse-folder-settings';
import { linuxContext } from '../settings/settings-contexts';

const withHttp = (http: object): typeof defaultSettings => ({
  ...defaultSettings,
  http: { ...defaultSettings.http, ...http },
});

describe('the table of start parameters', () => {
  it('names the setting for each parameter that a setting declares', () => {
    const { start_runner_server, start_http_server, start_grpc_server, serve_http } =
      startParameters;
    expect(start_runner_server['timeout']).toEqual({ setting: 'runners.NAME.timeout' });
    expect(start_http_server['timeout_keep_alive']).toEqual({
      setting: 'http.keepAliveTimeout',
      since: '1.2',
    });
    expect(start_grpc_server['ssl_certfile']).toEqual({ setting: 'grpc.tls.certFile' });
    expect(serve_http['bentoml_home']).toEqual({ setting: 'bentomlHome' });
    expect(serve_http['working_dir']).toEqual({ setting: 'bentos[].workingDir' });
  });
});

describe('a setting that a version has no parameter for', () => {
  it.each(['1.0.25', '1.1.11'])('is refused for %s', (version) => {
    expect(missingParameter(withHttp({ keepAliveTimeout: 5 }), version)).toMatchObject({
      code: 'settings',
      setting: 'serveBento.http.keepAliveTimeout',
      message: `serveBento.http.keepAliveTimeout needs BentoML 1.2 or later, and this is ${version}: remove the setting, or choose an environment with a later version.`,
    });
  });

  it.each(['1.2.0', '1.3.22', '1.4.38'])('is none for %s', (version) => {
    expect(missingParameter(withHttp({ keepAliveTimeout: 5 }), version)).toBeUndefined();
  });

  it('is refused for a table with entries', () => {
    const settings = parseFolderSettings({ args: { model: 'large' } }, linuxContext).defaults;
    expect(missingParameter(settings, '1.4.7')?.message).toMatch(
      /^serveBento\.args needs BentoML 1\.4\.8 or later, and this is 1\.4\.7: /,
    );
    expect(missingParameter(settings, '1.4.8')).toBeUndefined();
    const { defaults } = parseFolderSettings({ args: {} }, linuxContext);
    expect(missingParameter(defaults, '1.4.7')).toBeUndefined();
  });

  it('is none when it is not set', () => {
    expect(missingParameter(withHttp({ backlog: 99 }), '1.0.25')).toBeUndefined();
  });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WorkspaceFolder } from 'vscode';
import { useProfile, writeProfile } from '../../../src/vscode/commands/certificate-profile';
import { bento, fakeManager } from '../../support/bentos';
import { ConfigurationTarget, Uri, workspace } from '../../support/fake-vscode';
import { settle } from '../../support/settle';

const folder = {
  uri: Uri.file('/work/iris'),
  name: 'iris',
  index: 0,
} as unknown as WorkspaceFolder;

const filesIn = (directory: string) => ({
  ...{ caFile: `${directory}/ca.pem`, caKeyFile: `${directory}/ca.key` },
  ...{ certFile: `${directory}/server.pem`, keyFile: `${directory}/server.key` },
  ...{ clientCertFile: `${directory}/client.pem`, clientKeyFile: `${directory}/client.key` },
});

/** Records what is written to the settings. */
function settings(present: object) {
  const update = vi.fn(() => Promise.resolve());
  vi.spyOn(workspace, 'getConfiguration').mockReturnValue({
    get: (_: string, fallback?: unknown) => fallback,
    inspect: () => present,
    update,
  } as never);
  return update;
}

afterEach(() => vi.restoreAllMocks());

describe('the profile of the certificates', () => {
  it('has relative paths in the settings of the folder, beside its other profiles', async () => {
    const update = settings({
      globalValue: { mine: {} },
      workspaceFolderValue: { gpu: { workers: 1 } },
    });
    const place = { directory: '/work/iris/tls/local', inFolder: 'tls/local' };
    await writeProfile(folder, place, filesIn(place.directory));
    const certificate = { certFile: 'tls/local/server.pem', keyFile: 'tls/local/server.key' };
    const profile = {
      http: {
        tls: {
          ...certificate,
          caFile: 'tls/local/ca.pem',
          ...{ clientCertFile: 'tls/local/client.pem', clientKeyFile: 'tls/local/client.key' },
        },
      },
      grpc: { tls: certificate },
    };
    expect(update.mock.calls).toEqual([
      [
        'profiles',
        { gpu: { workers: 1 }, 'localhost TLS': profile },
        ConfigurationTarget.WorkspaceFolder,
      ],
    ]);
  });

  it('has absolute paths in the settings of the user if the files are elsewhere', async () => {
    const update = settings({ globalValue: { mine: {} } });
    const place = { directory: '/storage/certificates', inFolder: undefined };
    await writeProfile(folder, place, filesIn(place.directory));
    const [[name, profiles, target] = []] = update.mock.calls as unknown as [
      string,
      { 'localhost TLS': { grpc: object } },
      number,
    ][];
    expect([name, target]).toEqual(['profiles', ConfigurationTarget.Global]);
    expect(Object.keys(profiles ?? {})).toEqual(['mine', 'localhost TLS']);
    expect(profiles?.['localhost TLS'].grpc).toEqual({
      tls: {
        certFile: '/storage/certificates/server.pem',
        keyFile: '/storage/certificates/server.key',
      },
    });
  });
});

describe('the profile is chosen', () => {
  it('for each bento, once the settings are read', async () => {
    const chosen: string[] = [];
    let names: readonly string[] = [];
    const bentos = [bento({ id: 'a' }), bento({ id: 'b' })];
    const manager = Object.assign(fakeManager(bentos), {
      profiles: () => ({ names }),
      chooseProfile: (id: string, name: string | undefined) => void chosen.push(`${id}: ${name}`),
    });
    const using = useProfile(manager, bentos);
    manager.list(bentos);
    await settle();
    expect(chosen).toEqual([]);
    names = ['localhost TLS'];
    manager.list(bentos);
    await using;
    expect(chosen).toEqual(['a: localhost TLS', 'b: localhost TLS']);
  });
});

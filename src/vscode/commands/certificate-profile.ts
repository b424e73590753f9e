import path from 'node:path';
import * as vscode from 'vscode';
import type { BentoManager } from '../../core/bento-manager';
import type { Bento } from '../../core/model';
import type { DevelopmentCertificates } from '../../core/tls/development-certificates';
import { settingsSection } from '../identifiers';
import type { Place } from './certificate-place';

/** The settings profile that uses the certificates. */
export const profileName = 'localhost TLS';
const settingsReadMs = 5_000;

/** Writes the profile, with absolute paths to the user's settings, or with relative ones to those of the folder. */
export async function writeProfile(
  folder: vscode.WorkspaceFolder,
  { directory, inFolder }: Place,
  files: DevelopmentCertificates,
): Promise<void> {
  const named = (file: string): string =>
    inFolder === undefined ? file : path.posix.join(inFolder, path.relative(directory, file));
  const certificate = { certFile: named(files.certFile), keyFile: named(files.keyFile) };
  const profile = {
    http: {
      tls: {
        ...certificate,
        caFile: named(files.caFile),
        clientCertFile: named(files.clientCertFile),
        clientKeyFile: named(files.clientKeyFile),
      },
    },
    // Without the CA: with it, every gRPC client would have to present a certificate.
    grpc: { tls: certificate },
  };
  const settings = vscode.workspace.getConfiguration(settingsSection, folder);
  const present = settings.inspect<object>('profiles');
  const [own, target] =
    inFolder === undefined
      ? [present?.globalValue, vscode.ConfigurationTarget.Global]
      : [present?.workspaceFolderValue, vscode.ConfigurationTarget.WorkspaceFolder];
  await settings.update('profiles', { ...own, [profileName]: profile }, target);
}

/** Chooses the profile for the bentos once the new settings have been read. */
export async function useProfile(manager: BentoManager, bentos: readonly Bento[]): Promise<void> {
  const isKnown = (): boolean =>
    bentos.every(({ id }) => manager.profiles(id).names.includes(profileName));
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const change = manager.onDidChange(() => {
    if (isKnown()) resolve(undefined);
  });
  const limit = setTimeout(resolve, settingsReadMs);
  if (!isKnown()) await promise;
  clearTimeout(limit);
  change.dispose();
  for (const { id } of bentos) manager.chooseProfile(id, profileName);
}

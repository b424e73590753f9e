import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { packageFolders } from '../scripts/audit/package-folders.mts';
import { shippedVulnerabilities } from '../scripts/audit/shipped-vulnerabilities.mts';

const root = path.resolve(import.meta.dirname, '..');

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly link?: true;
}

it('every package in the lock file has the hash of its content', () => {
  const lock = readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(lock) as { packages: Record<string, Locked> };
  const installed = Object.entries(packages).filter(([place, { link }]) => place !== '' && !link);
  expect(installed.length).toBeGreaterThan(500);
  const without = installed.filter(
    ([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''),
  );
  expect(without.map(([place]) => place)).toEqual([]);
});

it('workflows use actions by the hash of a commit, with its version beside it', () => {
  const folder = path.join(root, '.github/workflows');
  const uses = readdirSync(folder)
    .flatMap((file) => readFileSync(path.join(folder, file), 'utf8').split('\n'))
    .filter((line) => /\buses:/.test(line));
  expect(uses.length).toBeGreaterThan(5);
  const loose = uses.filter(
    (line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line),
  );
  expect(loose).toEqual([]);
});

const audit = (vulnerabilities: object): string =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities });
const advisory = { title: 'Prototype pollution', url: 'https://example.invalid/1' };
const shipped = packageFolders({
  inputs: {
    'src/a.ts': { bytes: 1, imports: [] },
    'node_modules/@grpc/grpc-js/build/x.js': { bytes: 1, imports: [] },
  },
});

it('an advisory counts for a package that is shipped, at the place where it is', () => {
  const grpc = {
    severity: 'high',
    via: [advisory, 'other'],
    nodes: ['node_modules/@grpc/grpc-js'],
  };
  const mocha = { severity: 'high', via: [advisory], nodes: ['node_modules/mocha'] };
  const other = { ...grpc, nodes: ['node_modules/mocha/node_modules/@grpc/grpc-js'] };
  const user = { ...grpc, via: ['@grpc/grpc-js'] };
  expect(shippedVulnerabilities(audit({ '@grpc/grpc-js': grpc, mocha }), shipped)).toEqual([
    {
      name: '@grpc/grpc-js',
      severity: 'high',
      titles: ['Prototype pollution (https://example.invalid/1)'],
    },
  ]);
  expect(shippedVulnerabilities(audit({ '@grpc/grpc-js': other, user }), shipped)).toEqual([]);
  expect(shippedVulnerabilities(audit({}), shipped)).toEqual([]);
});

it.each(['', '<html>', '{ "error": { "code": "ENOAUDIT" } }'])('%j is no answer', (text) => {
  expect(shippedVulnerabilities(text, shipped)).toBeUndefined();
});

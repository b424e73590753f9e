import { stringify } from 'yaml';
import type { ContainerPlan } from '../containers/container-plan';
import { manifestFile, type ManifestOptions } from './manifests';

/** A file to write: one that is generated is replaced, one for edits is only created. */
export interface ExportedFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly isForEdits: boolean;
}

const folder = 'kubernetes';
const header = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };

/** A base that is generated, and an overlay for the edits of a profile: `kubectl apply -k kubernetes/overlays/NAME`. */
export function kustomize(
  plan: ContainerPlan,
  profile = 'default',
  options: ManifestOptions = {},
): readonly ExportedFile[] {
  const overlay = `overlays/${profile}`;
  return [
    {
      path: `${folder}/base/${plan.name}.yaml`,
      text: manifestFile(plan, options),
      isForEdits: false,
    },
    {
      path: `${folder}/base/kustomization.yaml`,
      text: stringify({ ...header, resources: [`${plan.name}.yaml`] }),
      isForEdits: false,
    },
    {
      path: `${folder}/${overlay}/kustomization.yaml`,
      text: `# Your edits: Serve Bento does not replace this file.\n${stringify({ ...header, resources: ['../../base'] })}`,
      isForEdits: true,
    },
  ];
}

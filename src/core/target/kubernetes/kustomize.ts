import { stringify } from 'yaml';
import { comment } from '../../export/assert-exportable';
import type { ExportedFile } from '../../export/exported-file';
import type { ContainerPlan } from '../containers/container-plan';
import { dnsLabel } from '../containers/names';
import { cpuAutoscalers, requestAutoscalers, withoutReplicas } from './autoscaling';
import {
  manifestFile,
  secretName,
  secretNames,
  tlsSecretName,
  yamlOf,
  type Manifest,
} from './manifests';
import { monitoring } from './monitoring';

const group = 'kustomize.config.k8s.io';

/** The components that an overlay can include, by their folders. Clusters differ in what they support. */
const components: Readonly<Record<string, Component>> = {
  autoscaling: { objectsOf: cpuAutoscalers, patchesOf: withoutReplicas },
  'autoscaling-requests': { objectsOf: requestAutoscalers, patchesOf: withoutReplicas },
  monitoring: { objectsOf: monitoring },
};

interface Component {
  readonly objectsOf: (plan: ContainerPlan) => readonly Manifest[];
  readonly patchesOf?: (plan: ContainerPlan) => readonly object[];
}

/**
 * Generates a base, components that an overlay can include, and an overlay for the changes of a profile:
 * `kubectl apply -k kubernetes/NAME/overlays/PROFILE`.
 */
export function kustomize(plan: ContainerPlan, profile = 'default'): readonly ExportedFile[] {
  const folder = `kubernetes/${plan.name}`;
  const file = 'manifests.yaml';
  const kustomization = { apiVersion: `${group}/v1beta1`, kind: 'Kustomization' };
  const component = { apiVersion: `${group}/v1alpha1`, kind: 'Component' };
  const generated: readonly (readonly [string, string])[] = [
    [`base/${file}`, manifestFile(plan)],
    ['base/kustomization.yaml', stringify({ ...kustomization, resources: [file] })],
    ...Object.entries(components).flatMap(([name, { objectsOf, patchesOf }]) => {
      const objects = objectsOf(plan);
      const patches = patchesOf?.(plan) ?? [];
      const own = { ...component, resources: [file], ...(patches.length > 0 && { patches }) };
      return objects.length === 0
        ? []
        : ([
            [`${name}/${file}`, yamlOf(objects)],
            [`${name}/kustomization.yaml`, stringify(own)],
          ] as const);
    }),
  ];
  const notes = overlayNotes(plan).map((note) => `${comment(note)}\n`);
  return [
    ...generated.map(([path, text]) => ({ path: `${folder}/${path}`, text, isForEdits: false })),
    {
      path: `${folder}/overlays/${dnsLabel(profile)}/kustomization.yaml`,
      text: `${notes.join('')}${stringify({ ...kustomization, resources: ['../../base'] })}`,
      isForEdits: true,
    },
  ];
}

/** Returns comments for the overlay, with the commands that create the Secrets. */
function overlayNotes(plan: ContainerPlan): readonly string[] {
  const variables = secretNames(plan);
  const files = Object.keys(plan.tlsFiles);
  return [
    'Your changes. Serve Bento never replaces this file.',
    'To scale with the load, add: components: [../../autoscaling]',
    ...(plan.workloads.some(({ metrics }) => metrics !== undefined)
      ? ['For Prometheus, add: components: [../../monitoring]']
      : []),
    ...(variables.length === 0
      ? []
      : [
          `Before you apply: kubectl create secret generic ${secretName(plan)} --from-env-file=FILE`,
        ]),
    ...(files.length === 0
      ? []
      : [
          `Before you apply: kubectl create secret generic ${tlsSecretName(plan)} ${files.map((name) => `--from-file=${name}=FILE`).join(' ')}`,
        ]),
  ];
}

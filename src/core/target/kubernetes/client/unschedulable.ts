import { say, type Argument } from '../../../messages/message';
import { oneLine } from '../../../one-line';

/**
 * Explains why no node takes a pod, from the explanation of the scheduler: `0/3 nodes are available: 1 Insufficient cpu, 2
 * node(s) had untolerated taint {a: b}. preemption: 0/3 nodes are available: …`.
 */
export function unschedulable(explanation: string): Argument {
  const text = explanation.replace(/\.?\s*(?:no new claims to deallocate, )?preemption:[^]*$/, '');
  const [, reasons = text] = /nodes are available: ([^]*?)\.?\s*$/.exec(text) ?? [];
  const details = oneLine(reasons, 150);
  const resources = [...reasons.matchAll(/Insufficient ([\w./-]*\w)/g)].map(
    ([, name = '']) => name,
  );
  if (/Too many pods/.test(reasons)) resources.push('pods');
  if (resources.length > 0) {
    const names = [...new Set(resources.map(resourceName))].join(', ');
    return say('podNoRoom', { resources: names, details });
  }
  if (/^no nodes available/.test(text)) return say('podNoNodes');
  return details === '' ? say('podNotScheduled') : say('podNoNode', { details });
}

const resourceNames: Readonly<Record<string, string>> = {
  cpu: 'CPU',
  'nvidia.com/gpu': 'GPU',
};

const resourceName = (name: string): string => resourceNames[name] ?? name;

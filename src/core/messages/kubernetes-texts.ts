/** Clusters: what is wrong with them and with the pods that they run. */
export const kubernetesTexts = {
  kubectlNotFound:
    'kubectl was not found on the PATH. Install it, or add its folder to the PATH of VS Code.',
  kubectlNotRun: '{file} cannot be run. Reinstall kubectl.',
  kubectlTooOld: 'kubectl {version} is too old: version {needed} or later is required. Update it.',
  clusterTooOld:
    'The cluster of {context} is too old: Kubernetes {needed} or later is required. Choose another context.',
  noContexts: 'kubectl has no contexts. Add one with the tool of your cluster, or set KUBECONFIG.',
  noContext: 'kubectl has no context {context}. Choose another one, or add it to your kubeconfig.',
  noContextSummary: 'kubectl has no context {context}',
  kubeconfigUnreadable: 'kubectl cannot read {file} ({reason}). Correct the file.',
  noNamespace:
    'The cluster of {context} has no namespace {namespace}. Create it, or choose another one.',
  noNamespaceSummary: 'the cluster has no namespace {namespace}',
  clusterLogin:
    'The cluster of {context} rejected your login ({reason}). Log in with the tool of your cluster, and try again.',
  clusterLoginSummary: 'the cluster of {context} rejected your login ({reason})',
  clusterRejectsCredentials: 'the credentials are missing or have expired',
  clusterDenies:
    'The user {user} is not allowed to {access} in the namespace {namespace}. Ask an administrator of the cluster for this permission.',
  clusterDeniesSummary: 'the user {user} is not allowed to {access} in the namespace {namespace}',
  clusterAccessMissing:
    'You lack permissions in the namespace {namespace}: {access}. Ask an administrator of the cluster for them.',
  clusterAccessMissingSummary: 'you lack permissions in the namespace {namespace}: {access}',
  clusterUnreachable:
    'The cluster of {context} cannot be reached ({reason}). Check the network and the context, and try again.',
  clusterSilent: 'no answer in time',
  clusterNoRoute: 'no network connection',
  clusterCertificate: 'its certificate is not valid: {reason}',
  quotaExceeded:
    'The quota {quota} of the namespace is exceeded ({amounts}). Free resources in the namespace, or ask an administrator to raise the quota.',
  quotaExceededSummary: 'the quota {quota} of the namespace is exceeded ({amounts})',
  applyConflict:
    '{manager} manages a field that Serve Bento would change ({field}). Undo its change, or use another namespace.',
  applyConflictSummary: '{manager} manages a field that Serve Bento would change ({field})',
  policyForbids:
    'The policy {policy} of the cluster forbids this: {reason}. Change the settings of the bento, or ask an administrator.',
  policyForbidsSummary: 'the policy {policy} of the cluster forbids this: {reason}',
  applyRejected: 'The cluster rejects {what}: {reason}. See the log for the details.',
  applyRejectedSummary: 'the cluster rejects {what}: {reason}',
  clusterObjectOfAnother:
    'The namespace {namespace} already has {object}, which this bento did not create. Remove it, or use another namespace.',
  clusterObjectOfAnotherSummary:
    'the namespace already has {object}, which this bento did not create',
  podNotReady: '{component} did not become ready ({reason}). See its log.',
  podUnschedulable: 'The cluster cannot schedule {component}: {reason}. Free or add resources.',
  podImageUnavailable:
    '{component}: {reason}. Check the name of the image, and whether the cluster is allowed to pull it.',
  podsRemain:
    '{count} pods in {namespace} have not stopped, such as {pod}. Check whether their nodes respond.',

  podImage: 'the image {image} cannot be pulled: {reason}',
  podImageName: 'its name is not valid',
  podImageNeverPull: 'the node does not have it and is not allowed to pull it',
  podImageNotFound: 'it does not exist in its registry',
  podImageDenied: 'its registry denies access to it',
  podImageNoReason: 'the cluster gave no reason',
  podNotScheduled: 'waiting for a node',
  podNoRoom: 'no node has enough free {resources} ({details})',
  podNoNode: 'no node is suitable ({details})',
  podNoNodes: 'the cluster has no nodes',
  podNoObject: 'the {object} does not exist',
  podNoKey: 'the {object} has no key {key}',
  podNotCreated: 'its container cannot be created: {reason}',
  podEvicted: 'evicted by its node: {reason}',
  podNodeLost: 'its node {node} does not respond',
  podCheckFails: 'its readiness probe fails',
  podCheckSays: 'its {probe} probe fails: {answer}',
  podCheckAnswered: 'it answered {status}',
  podRestarted: 'restarted ({exit})',
  podQuota: 'the quota {quota} of the namespace is exceeded ({amounts})',
  podRejected: 'the cluster rejects its pods: {reason}',
  podVolume: 'a volume cannot be mounted: {reason}',
  podStarts: 'it is still starting',
  noPod: 'it has no pod yet',

  forwardDown: 'its port is not forwarded to the cluster: {reason}',
} as const;

import { describe, expect, it } from 'vitest';
import { textOf } from '../../../../../src/core/messages/message';
import type { FailedRun } from '../../../../../src/core/target/engine-failure';
import { kubectlFailure } from '../../../../../src/core/target/kubernetes/client/kubectl-failure';

const place = { context: 'dev', namespace: 'team' };
const failed = (stderr: string, more: Partial<FailedRun> = {}): ReturnType<typeof kubectlFailure> =>
  kubectlFailure(place, { stderr, timedOut: false, ...more }, 20_000);

const noise =
  'E1128 17:50:31.833639   20539 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list: Get \\"https://127.0.0.1:1/api?timeout=5s\\": dial tcp 127.0.0.1:1: connect: connection refused"\n';

/** What kubectl 1.32 wrote to its standard error, and what it writes by its source. */
const table: readonly (readonly [string, string, string, string])[] = [
  [
    'an unknown context',
    'error: context "dev" does not exist\n',
    'no-context',
    'kubectl has no context dev. Choose another one, or add it to your kubeconfig.',
  ],
  [
    'an unknown context of the configuration',
    'error: cannot locate context dev\n',
    'no-context',
    'kubectl has no context dev.',
  ],
  [
    'no configuration',
    'Error in configuration: context was not found for specified context: dev\n',
    'no-context',
    'kubectl has no context dev.',
  ],
  [
    'a damaged configuration',
    'error: error loading config file "/home/me/.kube/config": yaml: line 1: did not find expected node content\n',
    'no-context',
    'kubectl cannot read /home/me/.kube/config (yaml: line 1: did not find expected node content).',
  ],
  [
    'a refused connection',
    `${noise}${noise}The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n`,
    'engine-unreachable',
    'The cluster of dev cannot be reached (connection refused).',
  ],
  [
    'a refused connection of apply',
    'error: error validating "STDIN": error validating data: failed to download openapi: Get "https://127.0.0.1:1/openapi/v2?timeout=32s": dial tcp 127.0.0.1:1: connect: connection refused; if you choose to ignore these errors, turn validation off with --validate=false\n',
    'engine-unreachable',
    '(connection refused)',
  ],
  [
    'an unknown host',
    'Unable to connect to the server: dial tcp: lookup nohost.invalid on 10.0.0.53:53: no such host\n',
    'engine-unreachable',
    '(its host is unknown)',
  ],
  [
    'a host that does not answer',
    'Unable to connect to the server: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)\n',
    'engine-unreachable',
    '(no answer in time)',
  ],
  [
    'an unknown certificate',
    'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority\n',
    'engine-unreachable',
    '(its certificate is not valid: certificate signed by unknown authority)',
  ],
  [
    'a lost connection',
    'error: unable to read from the server: http2: client connection lost\n',
    'engine-unreachable',
    '(the connection was closed)',
  ],
  [
    'a lost pod',
    'E1128 18:00:00.1 1 portforward.go:424] "Unhandled Error" err="lost connection to pod"\nerror: lost connection to pod\n',
    'engine-unreachable',
    '(the connection was closed)',
  ],
  [
    'an expired login',
    'error: You must be logged in to the server (Unauthorized)\n',
    'engine-denied',
    'The cluster of dev rejected your login (the credentials are missing or have expired).',
  ],
  [
    'a login plugin that is missing',
    'Unable to connect to the server: getting credentials: exec: executable gke-gcloud-auth-plugin not found\n',
    'engine-denied',
    'rejected your login (executable gke-gcloud-auth-plugin not found)',
  ],
  [
    'missing rights',
    'Error from server (Forbidden): deployments.apps is forbidden: User "mia" cannot list resource "deployments" in API group "apps" in the namespace "team"\n',
    'engine-denied',
    'The user mia is not allowed to list deployments in the namespace team.',
  ],
  [
    'a missing namespace',
    'Error from server (NotFound): namespaces "team" not found\n',
    'no-context',
    'The cluster of dev has no namespace team.',
  ],
  [
    'a conflict',
    'error: Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.template.spec.containers[name="bento"].image\nPlease review the fields above--they currently have other managers. Here\n',
    'engine-rejected',
    'kubectl-client-side-apply manages a field that Serve Bento would change (.spec.template.spec.containers[name="bento"].image).',
  ],
  [
    'several conflicts',
    'error: Apply failed with 2 conflicts: conflicts with "argocd" using apps/v1:\n- .spec.replicas\n- .spec.paused\nPlease review the fields above\n',
    'engine-rejected',
    'argocd manages a field that Serve Bento would change (.spec.replicas).',
  ],
  [
    'an invalid object',
    'The Deployment "search-http" is invalid: spec.template.spec.containers[0].image: Required value\n',
    'engine-rejected',
    'The cluster rejects Deployment search-http: spec.template.spec.containers[0].image: Required value.',
  ],
  [
    'a policy of the cluster',
    'Error from server: error when creating "STDIN": admission webhook "validate.kyverno.svc-fail" denied the request: images must come from registry.internal\n',
    'engine-rejected',
    'The policy validate.kyverno.svc-fail of the cluster forbids this: images must come from registry.internal.',
  ],
  [
    'a quota',
    'Error from server (Forbidden): error when creating "STDIN": services "search-http" is forbidden: exceeded quota: small, requested: count/services=1, used: count/services=2, limited: count/services=2\n',
    'no-capacity',
    'The quota small of the namespace is exceeded (requested: count/services=1, used: count/services=2, limited: count/services=2).',
  ],
  [
    'a port that is in use',
    'Unable to listen on port 3000: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 127.0.0.1:3000: bind: address already in use]\nerror: unable to listen on any of the requested ports: [{3000 3000}]\n',
    'port-in-use',
    'Port 3000 is in use on this machine.',
  ],
  [
    'a server in trouble',
    'Error from server (InternalError): etcdserver: leader changed\n',
    'engine-unreachable',
    'The cluster of dev cannot be reached (etcdserver: leader changed).',
  ],
  [
    'something else',
    `${noise}error: unknown flag: --nonsense\nSee 'kubectl get --help' for usage.\n`,
    'engine-failed',
    "kubectl failed (See 'kubectl get --help' for usage)",
  ],
  ['nothing', '', 'engine-failed', 'kubectl failed (it gave no reason)'],
];

describe('a failure of kubectl', () => {
  it.each(table)('%s', (_name, stderr, code, words) => {
    const problem = failed(stderr);
    expect(problem.code).toBe(code);
    expect(problem.message).toContain(words);
    expect(problem.message).not.toMatch(/[\n{]/);
    expect(problem.message).toMatch(/\.$/);
    if (stderr !== '') expect(problem.detail).toBe(stderr.trim());
    if (problem.texts?.summary !== undefined) {
      expect(textOf(problem.texts.summary)).not.toMatch(/\.$/);
    }
  });

  it('has the port that is in use', () => {
    const [, stderr] = table.find(([, , code]) => code === 'port-in-use') ?? ['', ''];
    expect(failed(stderr).port).toBe(3000);
  });

  it('is a time limit, or a program that cannot be run', () => {
    expect(failed('', { timedOut: true }).message).toContain('(no answer within 20 s)');
    const missing = failed('', { startError: 'ENOENT' });
    expect(missing).toMatchObject({ code: 'engine-failed' });
    expect(missing.message).toContain('kubectl could not be run (it does not exist)');
  });
});

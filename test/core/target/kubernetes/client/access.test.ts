import { expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  assertAccess,
  optionalAccess,
  requiredAccess,
} from '../../../../../src/core/target/kubernetes/client/access';
import { ended, FakeKubectl } from '../../../../support/fake-kubectl';
import { codeBlocks, read } from '../../../../support/pages';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

it('is documented as a Role', () => {
  const role = codeBlocks(read('docs/kubernetes.md'), 'yaml')
    .map((text) => parse(text) as { readonly kind?: string; readonly rules?: readonly Rule[] })
    .find(({ kind }) => kind === 'Role');
  const documented = (role?.rules ?? []).flatMap(({ apiGroups, resources, verbs }) =>
    resources.flatMap((resource) => verbs.map((verb) => `${apiGroups[0]} ${resource} ${verb}`)),
  );
  const needed = [...requiredAccess, ...optionalAccess].flatMap((rule) => {
    const { group, resource, subresource } = rule;
    const name = subresource === undefined ? resource : `${resource}/${subresource}`;
    return rule.verbs.map((verb) => `${group} ${name} ${verb}`);
  });
  expect(documented.toSorted()).toEqual(needed.toSorted());
});

it('is asked for at once, and what is missing is named', async () => {
  const fake = new FakeKubectl();
  const count = requiredAccess.flatMap(({ verbs }) => verbs).length;
  fake.answer = () => ended(0, 'true\n'.repeat(count));
  await assertAccess(fake.kubectl());
  expect(fake.calls).toHaveLength(1);
  const { items } = JSON.parse(fake.calls[0]?.options.input ?? '') as { items: object[] };
  expect(items).toHaveLength(count);
  expect(items[0]).toMatchObject({
    spec: { resourceAttributes: { namespace: 'team', verb: 'create', resource: 'deployments' } },
  });
  // An answer that is missing is no permission.
  fake.answer = () => ended(0, 'true\n'.repeat(count - 1));
  await expect(assertAccess(fake.kubectl())).rejects.toMatchObject({
    problem: {
      code: 'engine-denied',
      message:
        'You lack permissions in the namespace team: get pods/portforward. Ask an administrator of the cluster for them.',
    },
  });
});

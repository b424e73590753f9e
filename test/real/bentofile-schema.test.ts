import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironments, environmentNames } from '../../scripts/environments.mts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

const schema = JSON.parse(
  readFileSync(new URL('../../media/bentofile.schema.json', import.meta.url), 'utf8'),
) as Schema;
const { properties = {} } = schema;
const model = properties['models']?.items?.anyOf?.find((one) => one.properties !== undefined);

/** By the names of BentoML's classes. */
const parts: Readonly<Record<string, Schema | undefined>> = {
  BentoBuildConfig: schema,
  PythonOptions: properties['python'],
  DockerOptions: properties['docker'],
  CondaOptions: properties['conda'],
  ModelSpec: model,
  BentoEnvSchema: properties['envs']?.items,
};

const script = `
import json, attr
from bentoml._internal.bento import build_config
names = ${JSON.stringify(Object.keys(parts))}
found = {name: getattr(build_config, name, None) for name in names}
print(json.dumps({name: [field.name for field in attr.fields(one)] for name, one in found.items() if one}))
`;

type Fields = Readonly<Record<string, readonly string[]>>;

describe('the schema of bentofile.yaml', () => {
  const versions: Fields[] = [];

  beforeAll(async () => {
    const pythons = await ensureEnvironments();
    for (const name of environmentNames) {
      const said = execFileSync(pythons[name], ['-W', 'ignore', '-c', script], {
        encoding: 'utf8',
        env: { ...process.env, BENTOML_DO_NOT_TRACK: 'True' },
      });
      versions.push(JSON.parse(said) as Fields);
    }
  }, 600_000);

  it.each(Object.keys(parts))('has the fields of %s of every version, and no others', (name) => {
    const all = new Set(versions.flatMap((fields) => fields[name] ?? []));
    expect(all.size).toBeGreaterThan(1);
    expect(Object.keys(parts[name]?.properties ?? {}).sort()).toEqual([...all].sort());
  });
});

import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseBuildFile } from '../../src/core/discovery/build-file/build-file';
import { parseBento } from '../../src/core/discovery/store-descriptions';
import { readPythonTools } from '../../src/core/interpreter/probe-report';
import { atLeast, atMost } from '../../src/core/length-limits';
import { runRecord } from '../../src/core/orphans/run-record';
import { plannerLine } from '../../src/core/plan/planner-line';
import { folderSettings } from '../../src/core/settings/declarations/folder-settings';
import { parseFolderSettings } from '../../src/core/settings/parse-folder-settings';
import { fieldsOf } from '../../src/core/settings/setting';
import { linuxContext } from './settings/settings-contexts';

/** What cannot be compared with a number, as JSON and YAML can hold it. */
const lengthOfObject = { length: {} };
const lengthWithoutValue = { length: { valueOf: 1, toString: 1 } };
const hostile = [lengthOfObject, lengthWithoutValue, { size: lengthWithoutValue }];

describe('a limit of length', () => {
  it.each([
    [z.string().check(atMost(2)), 'ab', 'abc'],
    [z.string().check(atLeast(1)), 'a', ''],
    [z.array(z.number()).check(atMost(1)), [1], [1, 2]],
    [z.array(z.number()).check(atLeast(1)), [1], []],
  ])('holds for texts and lists (%#)', (schema, valid, invalid) => {
    expect(schema.safeParse(valid).success).toBe(true);
    expect(schema.safeParse(invalid).success).toBe(false);
    for (const value of hostile) expect(schema.safeParse(value).success).toBe(false);
  });

  it.each(fieldsOf(folderSettings).map(([path]) => [path.join('.'), path] as const))(
    'never makes %s throw',
    (_, path) => {
      for (const value of hostile) {
        for (const wrong of [value, [value], { a: value }]) {
          const raw = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), wrong);
          const { problems } = parseFolderSettings(
            { ...(raw as object), stopGracePeriod: 7 },
            linuxContext,
          );
          for (const { name } of problems) expect(name).toMatch(`serveBento.${path[0] ?? ''}`);
        }
      }
    },
  );

  it('never makes a file or a program of others throw', () => {
    for (const value of hostile) {
      const json = JSON.stringify(value);
      expect(plannerLine.safeParse({ type: 'plan', components: value }).success).toBe(false);
      expect(runRecord.safeParse({ pid: 1, start: value, system: value }).success).toBe(false);
      expect(readPythonTools(`{"modules": ${json}, "commands": ${json}}`)).toBeUndefined();
      const bento = `entry_service: ${json}\nservices: ${json}\nmodels: ${json}\nrunners: ${json}`;
      expect(parseBento(bento, 'shout').components).toEqual([{ kind: 'http', name: 'shout' }]);
      const file = `service: "service:svc"\nname: ${json}\nmodels: ${json}\nargs: ${json}`;
      expect(parseBuildFile('bentofile.yaml', file)).toMatchObject({ service: 'service:svc' });
    }
  });
});

import { missingPython, pythons } from '../environments/pythons.mts';
import {
  exitReport,
  faultsReport,
  optionalReport,
  unittestReport,
  vitestReport,
  windowReport,
} from './reports.mts';
import type { Step } from './step.mts';

const minutes = (count: number) => count * 60_000;
const anyPython = process.platform === 'win32' ? 'python' : 'python3';

const check = (name: string, limitMs: number, ...command: Step['command']): Step => ({
  name,
  command,
  limitMs,
  read: exitReport,
});

const reportOf = (name: string): string => `out/${name}.json`;

const vitestOptions = (report: string, isAll: boolean): readonly string[] => [
  ...['default', 'json', './test/support/inputs-reporter.ts'].map((one) => `--reporter=${one}`),
  `--outputFile.json=${report}`,
  ...(isAll ? [] : ['--tags-filter=!long']),
];

const vitest = (
  name: string,
  isAll: boolean,
  limitMs: number,
  projects: readonly string[] = [name],
): Step => {
  const report = reportOf(name);
  return {
    name,
    command: [
      ...(['vitest', 'run'] as const),
      ...projects.flatMap((one) => ['--project', one]),
      ...vitestOptions(report, isAll),
    ],
    limitMs,
    report,
    read: vitestReport(report),
  };
};

const unit = (isAll: boolean): Step =>
  vitest('unit', isAll, minutes(isAll ? 30 : 10), ['unit', 'unit-editor']);

/** Runs tests with a temporary engine, if one can run on this machine. */
const engine = (name: string, script: string, isAll: boolean): Step => {
  const report = reportOf(name);
  return {
    name,
    command: ['node', script, ...vitestOptions(report, isAll)],
    limitMs: minutes(10),
    report,
    read: optionalReport(vitestReport(report)),
  };
};

const windowFile = 'out/window/results.json';

/** The unit tests of the Python files, with every supported Python that is on the machine. */
function pythonSteps(): readonly Step[] {
  const found = pythons.filter(({ executable }) => executable !== undefined);
  const all = found.length === 0 ? [{ version: '', executable: anyPython }] : pythons;
  return all.map(({ version, executable }): Step => {
    const name = `python${version}`;
    return {
      name,
      group: 'python',
      command: [executable ?? name, '-B', '-m', 'unittest', 'discover', '-s', 'test/python'],
      limitMs: minutes(5),
      read: unittestReport,
      ...(executable === undefined ? { skipped: missingPython(version) } : {}),
    };
  });
}

const checks: readonly Step[] = [
  check('types', minutes(5), 'tsc'),
  check('lint', minutes(5), 'eslint', '.', '--max-warnings', '0'),
  check('layers', minutes(2), 'depcruise', 'src', '--config', '.dependency-cruiser.mjs'),
  check('format', minutes(5), 'prettier', '--check', '.'),
  check('ruff', minutes(5), 'node', 'scripts/checks.mts', 'ruff'),
  check('mypy', minutes(5), 'node', 'scripts/checks.mts', 'mypy'),
  check('workflows', minutes(5), 'node', 'scripts/checks.mts', 'workflows'),
  ...pythonSteps(),
];

const downloads: readonly Step[] = [
  check('environments', minutes(15), 'node', 'scripts/environments.mts'),
  check('host', minutes(15), 'node', 'test/window/host.mts'),
];

const packaging = check('package', minutes(5), 'node', 'scripts/package.mts');

const windowSuite = (isAll: boolean): Step => ({
  name: 'window',
  command: ['node', 'test/window/run.mts', ...(isAll ? ['--all'] : [])],
  limitMs: minutes(isAll ? 60 : 30),
  report: windowFile,
  read: windowReport(windowFile),
});

const faultsFile = 'out/faults.json';

/** All of the table in a VS Code, each race as often as its row says. */
const faultTable: Step = {
  name: 'faults',
  command: ['node', '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'test/faults/run.mts'],
  limitMs: minutes(90),
  report: faultsFile,
  read: faultsReport(faultsFile),
};

/**
 * Stages one after the other, the lanes of a stage side by side, the steps of a lane one after the other. What starts
 * servers and windows has the machine for itself; before it, one lane downloads and two compute.
 */
export const stagesOf = (isAll: boolean): readonly (readonly (readonly Step[])[])[] => [
  [downloads, checks, [packaging, unit(isAll)]],
  [[vitest('real', isAll, minutes(isAll ? 60 : 40))]],
  [
    [
      engine('compose', 'test/engines/run.mts', isAll),
      engine('podman', 'test/podman/run.mts', isAll),
    ],
  ],
  [[windowSuite(isAll)]],
  ...(isAll ? [[[faultTable]]] : []),
];

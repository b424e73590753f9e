import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/core/diagnosis/explain';
import { fraudContext, fraudFiles } from './fraud-files';
import { inEnglish } from './in-english';

type Found = ReturnType<typeof inEnglish>;

const python = '/venv/bin/python';

const explained = (output: string, ...modules: readonly string[]): Found =>
  inEnglish(
    explain(output, fraudContext({ reference: 'service:S', files: fraudFiles(...modules) })),
  );

/** What processes of the real versions said before they died. */
const recorded = (name: string, ...modules: readonly string[]): Found =>
  explained(readFileSync(`test/fixtures/outputs/${name}.txt`, 'utf8'), ...modules);

const raised = (exception: string, file = '/home/me/fraud/service.py'): string =>
  `Traceback (most recent call last):\n  File "${file}", line 3, in f\n    x()\n${exception}\n`;

const sentences = (found: Found): string => `${found?.text}. ${found?.advice}`;

const pip = `${python} -m pip install`;
const grpc = '"protobuf<5" "grpcio<1.63" "grpcio-health-checking<1.63"';

describe('a known cause', () => {
  it.each([
    [
      'missing-module',
      `sklearn is not installed (service.py:5). Run ${pip} scikit-learn, or correct the import`,
      ['scikit-learn'],
    ],
    [
      'missing-dependency',
      `xgboost is not installed (service.py:5). Run ${pip} xgboost`,
      ['xgboost'],
    ],
    [
      'missing-model',
      `the model iris is not in the model store (service.py:5). Save it there, or get it with ${python} -m bentoml models pull iris`,
      undefined,
    ],
    [
      'missing-model-version',
      `the model iris:abc is not in the model store (service.py:5)`,
      undefined,
    ],
    ['missing-runner', "a runner is missing: s13:svc requires runners {'up'}", undefined],
    [
      'pkg-resources-gone',
      `it was removed from setuptools in version 81. Run ${pip} "setuptools<81"`,
      ['setuptools<81'],
    ],
    [
      'grpcio-missing',
      `gRPC is not installed. Run ${pip} "bentoml[grpc]" ${grpc}`,
      ['bentoml[grpc]', 'protobuf<5', 'grpcio<1.63', 'grpcio-health-checking<1.63'],
    ],
    [
      'protobuf-too-new',
      "protobuf is not compatible with BentoML's gRPC (cannot import name 'service'",
      ['protobuf<5', 'grpcio<1.63', 'grpcio-health-checking<1.63'],
    ],
    [
      'protobuf-too-old',
      'Detected incompatible Protobuf Gencode/Runtime versions',
      ['protobuf<5', 'grpcio<1.63', 'grpcio-health-checking<1.63'],
    ],
    [
      'runners-under-1.4',
      `bentoml.legacy (service.py:7). Write bentoml.legacy.Service(runners=…), or run ${pip} "bentoml<1.4"`,
      undefined,
    ],
    ['syntax-error', "Python cannot read broken.py:1: '(' was never closed", undefined],
    ['too-many-files', '(service.py:6). Raise the limit (ulimit -n)', undefined],
    ['address-in-use', 'another program has taken its address', undefined],
  ] as const)('is recognised in what BentoML really says: %s', (name, text, install) => {
    const found = recorded(name);
    expect(found?.known).toBe(true);
    expect(sentences(found)).toContain(text);
    expect(found?.text).not.toContain('\n');
    expect(found?.install).toEqual(install);
  });

  it.each([
    ['hidden-uvicorn', 'uvicorn'],
    ['hidden-json', 'json'],
    ['hidden-bentoml', 'bentoml'],
    ['hiding-module-raises', 'zipfile'],
  ])('may be a file that hides a module: %s', (name, module) => {
    const found = recorded(name, module);
    expect(found?.text).toContain(
      `${module}.py is imported instead of the module ${module}, which it hides`,
    );
    expect(found?.place).toMatchObject({ shown: `${module}.py`, line: 1 });
    // The same words, without such a file, mean something else.
    expect(recorded(name)?.text).not.toContain('hides');
  });

  it('is no file of the user that the user’s own code misuses, and not the service itself', () => {
    const misused = raised("AttributeError: module 'model' has no attribute 'load'");
    expect(explained(misused, 'model')?.known).toBe(false);
    const wrong = raised("ModuleNotFoundError: No module named 'service.x'", '/venv/lib/loader.py');
    expect(explained(wrong, 'service')?.text).not.toContain('hides');
  });

  it('has its repair also where it was only simulated', () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ["ModuleNotFoundError: No module named 'bentoml'", 'no-bentoml', `${pip} bentoml`],
      ["ModuleNotFoundError: No module named 'grpc'", 'grpc-unavailable', '"bentoml[grpc]"'],
      [
        "ModuleNotFoundError: No module named 'grpc_channelz'",
        'grpc-unavailable',
        '"grpcio-channelz<1.63"',
      ],
      ['SystemExit: 2', 'import-failed', 'sys.exit(2) (service.py:3)'],
      [
        "bentoml.exceptions.BentoMLException: Environment variable 'TOKEN' is required. Set it",
        'settings',
        'serveBento.env',
      ],
      ["ValueError: Invalid host IP address: 'localhost'", 'settings', 'serveBento.http.host'],
      [
        'PermissionError: [Errno 13] error while attempting to bind on address',
        'port-in-use',
        '1023',
      ],
    ];
    for (const [exception, code, text] of cases) {
      const found = explained(raised(exception));
      expect(found?.code, exception).toBe(code);
      expect(sentences(found)).toContain(text);
    }
    const ours = raised('RuntimeError: Failed to bind to address 127.0.0.1:3000', '/venv/grpc.py');
    expect(explained(ours)?.code).toBe('port-in-use');
  });

  it('names a package for every module, and offers to install only those it knows', () => {
    const unknown = explained(raised("ModuleNotFoundError: No module named 'nobodys_thing'"));
    expect(unknown?.advice).toContain(`${pip} nobodys_thing,`);
    expect(unknown).not.toHaveProperty('install');
    const known = explained(raised("ModuleNotFoundError: No module named 'torch'"));
    expect(known?.install).toEqual(['torch']);
  });

  it('installs nothing but packages', () => {
    const said = (what: string): Found =>
      explained(
        raised(
          `bentoml.exceptions.MissingDependencyException: 'x' is required. 'pip install ${what}'`,
        ),
      );
    expect(said('-U torch "diffusers[flax]>=0.3"')?.install).toEqual([
      'torch',
      'diffusers[flax]>=0.3',
    ]);
    expect(said('git+https://example.com/x')).not.toHaveProperty('install');
    expect(said('../x')).not.toHaveProperty('install');
  });

  it('leaves protobuf of other libraries to them', () => {
    const other = raised(
      "ImportError: cannot import name 'builder' from 'google.protobuf.internal'",
      '/venv/lib/site-packages/onnx/onnx_pb2.py',
    );
    expect(explained(other)?.known).toBe(false);
  });

  it('that is unknown is the exception with its place', () => {
    expect(recorded('init-raises')).toMatchObject({
      code: 'crashed',
      text: "ValueError: no model named iris; second line: x (service.py:8), caused by FileNotFoundError: [Errno 2] No such file or directory: '/nope'",
      place: { path: '/home/me/fraud/service.py', shown: 'service.py', line: 8 },
      known: false,
    });
    expect(explained('no traceback')).toBeUndefined();
  });
});

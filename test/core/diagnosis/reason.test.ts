import { describe, expect, it } from 'vitest';
import { reasonOf } from '../../../src/core/diagnosis/reason';

const lines = (...all: readonly string[]): string => reasonOf({ message: all.join('\n') });

describe('the reason in the message of an exception', () => {
  it.each([
    ['one line', 'one line'],
    ['one line.', 'one line'],
    ['', ''],
    ['  \n\n', ''],
    ['\n  first\n\nsecond', 'first; second'],
    ['A sentence.\nAnother one.', 'A sentence. Another one'],
    ['It failed:\nfor this', 'It failed: for this'],
    ['no\nway', 'no; way'],
  ])('is its lines, as one: %j', (message, expected) => {
    expect(reasonOf({ message })).toBe(expected);
  });

  it('names the fields that pydantic refuses, without their values', () => {
    expect(
      lines(
        '2 validation errors for Settings',
        'model_url',
        "  Field required [type=missing, input_value={'token': 'hunter2'}, input_type=dict]",
        '    For further information visit https://errors.pydantic.dev/2.11/v/missing',
        'limits.threshold',
        "  Input should be a valid number [type=float_parsing, input_value='x', input_type=str]",
        '    For further information visit https://errors.pydantic.dev/2.11/v/float_parsing',
      ),
    ).toBe(
      '2 validation errors for Settings: model_url: Field required; limits.threshold: Input should be a valid number',
    );
    expect(
      lines(
        '1 validation error for Settings',
        'url',
        '  field required (type=value_error.missing)',
      ),
    ).toBe('1 validation error for Settings: url: field required');
  });

  it('says where a file cannot be parsed, without the source', () => {
    expect(
      lines(
        'while parsing a flow sequence',
        '  in "conf.yaml", line 1, column 4:',
        '    a: [1',
        '       ^',
        "expected ',' or ']', but got ':'",
        '  in "conf.yaml", line 2, column 2:',
        '    b: 2',
        '     ^',
      ),
    ).toBe(
      "while parsing a flow sequence (conf.yaml, line 1, column 4); expected ',' or ']', but got ':' (conf.yaml, line 2, column 2)",
    );
    expect(lines('mapping values', '  in "<unicode string>", line 3, column 9')).toBe(
      'mapping values (line 3, column 9)',
    );
  });

  it('leaves out the settings around a wrong key, and tracebacks of other processes', () => {
    expect(
      lines(
        'Invalid configuration file was given:',
        "Key 'api_server' error:",
        "Wrong key 'tracing' in {'workers': None, 'backlog': 2048}",
      ),
    ).toBe("Invalid configuration file was given: Key 'api_server' error: Wrong key 'tracing'");
    expect(
      lines(
        '',
        '"""',
        'Traceback (most recent call last):',
        '  File "x.py", line 1',
        'E: x',
        '"""',
      ),
    ).toBe('E: x');
  });

  it('has as much as a message holds', () => {
    const long = lines(...Array.from({ length: 200 }, (_, index) => `field${index}: missing`));
    expect(long.length).toBeLessThanOrEqual(501);
    expect(long).toMatch(/^field0: missing; field1: missing; .*…$/);
  });
});

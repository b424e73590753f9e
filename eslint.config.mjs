import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Trust, shells and environments are seen to in one place. */
const starters = {
  regex: '^execa$|^(?:node:)?(?:child_process|cluster)$|^cross-spawn$',
  message: 'Only src/core/programs/start-program.ts starts processes.',
};
const editor = {
  regex: '^vscode$|/vscode/|/extension$|/api$',
  message: 'The core knows nothing of the editor.',
};

/** Time can be set by tests. */
const clockOnly = 'Use the Clock that is handed in (src/core/clock.ts).';
const timers = {
  regex: '^(?:node:)?timers(?:/promises)?$',
  importNames: ['setTimeout', 'setInterval', 'scheduler'],
  message: clockOnly,
};
const timersOfTheCore = {
  'no-restricted-globals': [
    'error',
    ...['setTimeout', 'setInterval'].map((name) => ({ name, message: clockOnly })),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'AbortSignal', property: 'timeout', message: clockOnly },
    { object: 'Date', property: 'now', message: clockOnly },
    { object: 'performance', property: 'now', message: clockOnly },
    { object: 'process', property: 'hrtime', message: clockOnly },
    ...['setTimeout', 'setInterval'].map((property) => ({
      object: 'globalThis',
      property,
      message: clockOnly,
    })),
  ],
};
const dateOfNow = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: clockOnly,
};

const startersByName = {
  selector:
    'ImportExpression[source.value=/^(execa|(node:)?(child_process|cluster)|cross-spawn)$/]',
  message: starters.message,
};
/** zod compares the `length` of any value, also of an object. */
const limitsByZod = {
  selector:
    'CallExpression[callee.property.name=/^(min|max|length|nonempty)$/] > MemberExpression.callee CallExpression[callee.object.name="z"][callee.property.name=/^(string|array)$/]',
  message: 'Use atLeast and atMost of length-limits.ts.',
};
/** The parts of `vscode.window` that render links in what they show. */
const showing =
  '/^(show(Information|Warning|Error)Message|withProgress|show(InputBox|QuickPick)|create(InputBox|QuickPick|Terminal)|setStatusBarMessage)$/';
const onlyPlainWindow = 'Use plainWindow: it shows text of others without links and icons.';
const originals = [
  {
    selector: `MemberExpression[property.name=${showing}]:not([object.name='plainWindow'])`,
    message: onlyPlainWindow,
  },
  { selector: `MemberExpression[property.value=${showing}]`, message: onlyPlainWindow },
  { selector: `ObjectPattern > Property[key.name=${showing}]`, message: onlyPlainWindow },
  {
    selector: "VariableDeclarator[init.property.name='window'][init.object.name='vscode']",
    message: onlyPlainWindow,
  },
];
const markdownElsewhere = {
  selector:
    "NewExpression[callee.property.name='MarkdownString'], NewExpression[callee.name='MarkdownString'], MemberExpression[property.name='appendMarkdown']",
  message: 'Use markdownString: its paragraphs are escaped.',
};
const iconsInText = [
  { selector: 'TemplateElement[value.raw=/[$]\\($/]', message: 'Use withIcon.' },
  { selector: 'Literal[value=/^[$]\\(/]', message: 'Use withIcon.' },
];

const sleeping =
  'Wait for what is to happen: until. Or say what the pause is for: moment or staysSo of test/support/pauses.ts.';
const sleeps = [
  {
    selector:
      "NewExpression[callee.name='Promise'] CallExpression[callee.name='setTimeout'][arguments.0.name]",
    message: sleeping,
  },
];

export default defineConfig(
  globalIgnores(['dist/', 'out/', '.cache/', 'coverage/', 'samples/']),
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { checkThenables: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { varsIgnorePattern: '^_', argsIgnorePattern: '^_' },
      ],
      // Numbers read well in messages; objects and undefined do not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => emitter.fire()` says what it does.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // `Event<void>` is VS Code's own way.
      '@typescript-eslint/no-invalid-void-type': ['error', { allowInGenericTypeArguments: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-imports': ['error', { patterns: [starters] }],
      'no-restricted-syntax': ['error', startersByName],
    },
  },
  {
    files: ['src/vscode/**/*.ts', 'src/extension.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        startersByName,
        ...originals,
        ...iconsInText,
        markdownElsewhere,
      ],
    },
  },
  {
    files: ['src/vscode/plain-window.ts'],
    rules: { 'no-restricted-syntax': ['error', startersByName, ...iconsInText, markdownElsewhere] },
  },
  {
    files: ['src/vscode/plain-text.ts'],
    rules: { 'no-restricted-syntax': ['error', startersByName, ...originals, markdownElsewhere] },
  },
  {
    files: ['src/vscode/tree/markdown-string.ts'],
    rules: { 'no-restricted-syntax': ['error', startersByName, ...originals, ...iconsInText] },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [starters, editor, timers] }],
      'no-restricted-syntax': ['error', startersByName, dateOfNow, limitsByZod],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    ignores: ['src/core/clock.ts'],
    rules: timersOfTheCore,
  },
  {
    files: ['src/core/programs/start-program.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [editor, timers] }] },
  },
  {
    // No fixed sleeps.
    files: [
      'core',
      'vscode',
      'real',
      'pythons',
      'faults/list',
      'window/journeys',
      'window/suite',
    ].flatMap((folder) => [`test/${folder}/**/*.ts`, `test/${folder}/**/*.mts`]),
    rules: {
      'no-restricted-syntax': ['error', ...sleeps],
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'node:timers/promises', importNames: ['setTimeout'], message: sleeping }],
        },
      ],
    },
  },
  {
    // Vitest's matchers are `any` by design.
    files: ['test/**/*.ts', 'test/**/*.mts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
);

import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Trust, shells and environments are seen to in one place. */
const starters = {
  regex: '^execa$|^(?:node:)?(?:child_process|cluster)$|^cross-spawn$',
  message: 'Only src/core/launch/start-program.ts starts processes.',
};
const editor = {
  regex: '^vscode$|/vscode/|/extension$|/api$',
  message: 'The core knows nothing of the editor.',
};

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
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'ImportExpression[source.value=/^(execa|(node:)?(child_process|cluster)|cross-spawn)$/]',
          message: starters.message,
        },
      ],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [starters, editor] }] },
  },
  {
    files: ['src/core/launch/start-program.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [editor] }] },
  },
  {
    // Vitest's matchers are `any` by design.
    files: ['test/**/*.ts', 'test/**/*.mts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
);

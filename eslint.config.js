import { cutText } from './scripts/lint/cut-text.mjs'
import globals from 'globals'
import svelte from 'eslint-plugin-svelte'
import typescript from 'typescript-eslint'

// What a compiler cannot see and a reader should not have to look for. Layout is nobody's business
// here; types are tsc's.
const everywhere = {
  ...Object.fromEntries(
    [
      'no-async-promise-executor',
      'no-cond-assign',
      'no-dupe-else-if',
      'no-empty-pattern',
      'no-irregular-whitespace',
      'no-loss-of-precision',
      'no-self-assign',
      'no-self-compare',
      'no-template-curly-in-string',
      'no-unsafe-finally',
      'no-unsafe-optional-chaining',
      'no-useless-catch',
      'no-useless-escape',
      'require-yield',
      'use-isnan',
      'valid-typeof',
    ].map((rule) => [rule, 'error']),
  ),
  'no-empty': ['error', { allowEmptyCatch: true }],
  'no-constant-condition': ['error', { checkLoops: false }],
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'prefer-const': 'error',
  'no-var': 'error',
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/consistent-type-imports': [
    'error',
    { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
  ],
  '@typescript-eslint/no-unused-vars': [
    'error',
    {
      argsIgnorePattern: '^_',
      varsIgnorePattern: '^_',
      caughtErrors: 'none',
      ignoreRestSiblings: true,
    },
  ],
  '@typescript-eslint/no-non-null-assertion': 'off',
}

export default typescript.config(
  {
    ignores: [
      '**/dist/**',
      'node_modules/**',
      'languages/generated/**',
      'prisma/generated/**',
      'web/src/api/schema.d.ts',
      '.data*/**',
      '**/.svelte-kit/**',
    ],
  },
  ...typescript.configs.recommended,
  { rules: everywhere },
  {
    // The server side: a promise that nobody waits for is a lost error, so here the linter may ask
    // the type checker.
    files: [
      'activities/**/*.ts',
      'application/**/*.ts',
      'cli/**/*.ts',
      'api/**/*.ts',
      'platform/**/*.ts',
      'worker/**/*.ts',
      'workflows/**/*.ts',
      'domain/**/*.ts',
      'languages/**/*.ts',
    ],
    languageOptions: {
      globals: globals.node,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { guichet: { rules: { 'cut-text': cutText } } },
    rules: {
      'guichet/cut-text': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false } },
      ],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['tests/**/*.ts'],
    languageOptions: {
      globals: globals.node,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    // node:test's own `test` and `describe` return promises that the runner waits for.
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          ignoreVoid: true,
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'describe', 'it', 'suite'] },
          ],
        },
      ],
    },
  },
  {
    // An area tells the compiler what it adds to the ticket, its events and its commands.
    files: ['domain/*/area.ts'],
    rules: {
      '@typescript-eslint/no-empty-object-type': [
        'error',
        { allowInterfaces: 'with-single-extends' },
      ],
    },
  },
  { files: ['scripts/**/*.mjs', '*.js'], languageOptions: { globals: globals.node } },
  ...svelte.configs.recommended.map((config) => ({
    ...config,
    files: config.files ?? ['**/*.svelte', '**/*.svelte.ts'],
  })),
  {
    files: ['web/**/*.{ts,svelte,svelte.ts}', 'tests/web/**/*.svelte'],
    plugins: { svelte },
    languageOptions: {
      globals: globals.browser,
      parserOptions: { parser: typescript.parser, extraFileExtensions: ['.svelte'] },
    },
    // Props are declared with let, as Svelte's own documentation does.
    // svelte-check judges which warnings a comment may silence.
    rules: {
      'svelte/no-unused-svelte-ignore': 'off',
      'prefer-const': 'off',
      'svelte/prefer-const': [
        'error',
        { destructuring: 'all', excludedRunes: ['$props', '$derived', '$state', '$bindable'] },
      ],
    },
  },
)

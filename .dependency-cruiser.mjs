// Imports point one way: web → the API's contract; api and activities → application → domain and platform;
// workflows → domain and the types of activities; domain → nothing. Types count like values.
// Run by `npm run check`; svelte files are read through Svelte's own compiler.

const ours =
  '^(activities|api|application|cli|domain|languages|platform|prisma|scripts|tests|web|worker|workflows)/'

/**
 * What one folder may import of this project, and of which folders only types.
 * @param {string} folder
 * @param {{ values?: string[], types?: string[] }} allowed paths, as beginnings
 */
function imports(folder, { values = [], types = [] }) {
  const beginnings = (/** @type {string[]} */ paths) => `^(${paths.join('|')})(/|$)`
  const from = { path: `^${folder}/` }
  const rule = (/** @type {string} */ name, /** @type {object} */ to) => ({
    name: `${folder}-imports${name}`,
    comment: `${folder} may import ${[folder, ...values, ...types.map((path) => `${path} (types)`)].join(', ')} and nothing else of this project.`,
    severity: 'error',
    from,
    to,
  })
  return [
    rule('', {
      path: ours,
      pathNot: beginnings([folder, ...values, ...types]),
    }),
    ...(types.length > 0
      ? [rule('-only-types', { path: beginnings(types), dependencyTypesNot: ['type-only'] })]
      : []),
  ]
}

/**
 * The packages that code may use which runs where there is nothing else: no Node built-in either.
 * @param {string} folder
 * @param {string} packages a pattern of their names
 */
const onlyPackages = (folder, packages) => ({
  name: `${folder}-packages`,
  comment: `${folder} may only use ${packages}, and no Node built-in.`,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: {
    dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'core'],
    dependencyTypesNot: ['type-only'],
    pathNot: `node_modules/(${packages})/`,
  },
})

export default {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Types below, registries above: no file depends on itself, by a type or by a value.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'tests-in-node',
      comment:
        'What needs a browser or runes is tested as a component (*.component.ts): Node cannot load it.',
      severity: 'error',
      from: { path: '^tests/.*\\.test\\.ts$' },
      to: { path: '\\.svelte(\\.ts)?$', reachable: true },
    },
    // Pure: also runs in the workflow sandbox and in the browser. Of the languages it may know only
    // which there are, how they write a number, and what can be asked of a ticket in their words.
    ...imports('domain', {
      values: [
        'languages/language.ts',
        'languages/small-words.ts',
        'languages/asset-file-words.ts',
        'languages/generated/asked-kinds.ts',
        'languages/numbers.ts',
      ],
    }),
    onlyPackages('domain', 'zod'),
    ...imports('languages', {}),
    onlyPackages('languages', 'i18next'),
    ...imports('workflows', { values: ['domain'] }),
    onlyPackages('workflows', '@temporalio/(workflow|common)|zod'),
    ...imports('platform', {
      values: ['domain', 'languages', 'prisma', 'scripts/environment.mjs'],
      types: ['workflows'],
    }),
    // What API and worker both do with rows and with ticket workflows.
    ...imports('application', {
      values: ['domain', 'languages', 'platform', 'prisma'],
      types: ['workflows'],
    }),
    ...imports('activities', {
      values: ['application', 'domain', 'languages', 'platform', 'prisma'],
      types: ['workflows'],
    }),
    ...imports('api', {
      values: ['application', 'domain', 'languages', 'platform', 'prisma'],
      types: ['workflows'],
    }),
    ...imports('worker', {
      values: ['activities', 'application', 'domain', 'platform', 'prisma'],
      types: ['workflows'],
    }),
    // What an operator does from the command line: whatever API and worker can do.
    ...imports('cli', {
      values: [
        'activities',
        'api',
        'application',
        'domain',
        'languages',
        'platform',
        'prisma',
        'scripts',
      ],
      types: ['workflows'],
    }),
    ...imports('web', { values: ['domain', 'languages'], types: ['api'] }),
  ],
  options: {
    // A node_modules that is a link is still node_modules.
    preserveSymlinks: true,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: ['node_modules/', '/generated/', '^scripts/'] },
    // Made by `npm run check` and Vite; web/vite.config.ts is a tool's.
    exclude: { path: ['/dist/', '\\.config\\.ts$', '^web/src/api/schema\\.d\\.ts$'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'svelte', 'import', 'node', 'default'],
    },
  },
}

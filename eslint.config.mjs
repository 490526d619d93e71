import tseslint from 'typescript-eslint';

/** Which folder may import what (CONTRIBUTING.md, "Layout"); test/unit/architecture.test.ts checks the same on its own. */
const node = ['node:*'];
const npm = ['sql.js', 'undici', 'ws', '@vscode/*', 'uplot', '@tanstack/*', 'vscode'];
const only = (...allowed) => npm.filter((name) => !allowed.includes(name));
const folders = (...names) => names.flatMap((name) => [`**/${name}`, `**/${name}/**`]);
const engine = ['storage', 'upstream', 'gateway', 'jobs'];

function layer(files, forbidden) {
  return { files, rules: { 'no-restricted-imports': ['error', { paths: [{ name: 'zod', message: 'Import zod/mini: a thirtieth of the size.' }], patterns: [{ group: forbidden, message: 'The import rule of CONTRIBUTING.md forbids this direction.' }] }] } };
}

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'artifacts/', '.vscode-test/', 'test/clients/node_modules/', 'test/extension/companion/', 'test/extension/inHost/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-syntax': ['error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
      ],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 60 }],
      // Ports are objects of functions that do not use `this`; passing one on is how they are wired.
      '@typescript-eslint/unbound-method': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['test/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  { files: ['**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
  layer(['src/contract/**'], [...npm, ...node, ...folders('core', 'protocol', 'rpc', 'cluster', 'service', 'lab', 'vscode', ...engine)]),
  layer(['src/core/**'], [...npm, ...node, ...folders('protocol', 'rpc', 'cluster', 'service', 'lab', 'vscode', ...engine)]),
  layer(['src/protocol/**'], [...npm, ...node, ...folders('rpc', 'cluster', 'service', 'lab', 'vscode', ...engine)]),
  layer(['src/storage/**'], [...only('sql.js'), ...folders('protocol', 'upstream', 'gateway', 'jobs', 'rpc', 'cluster', 'service', 'lab', 'vscode')]),
  layer(['src/upstream/**'], [...only('undici'), ...folders('protocol', 'storage', 'gateway', 'jobs', 'rpc', 'cluster', 'service', 'lab', 'vscode')]),
  layer(['src/gateway/**'], [...only('ws'), ...folders('storage', 'upstream', 'jobs', 'rpc', 'cluster', 'service', 'lab', 'vscode')]),
  layer(['src/jobs/**'], [...npm, ...folders('protocol', 'storage', 'upstream', 'gateway', 'rpc', 'cluster', 'service', 'lab', 'vscode')]),
  layer(['src/rpc/**'], [...npm, ...folders('protocol', 'storage', 'upstream', 'gateway', 'jobs', 'cluster', 'service', 'lab', 'vscode')]),
  layer(['src/cluster/**'], [...npm, ...folders('protocol', 'service', 'lab', 'vscode', ...engine)]),
  layer(['src/service/**'], [...npm, ...folders('lab', 'vscode', 'headless')]),
  layer(['src/headless/**'], [...npm, ...folders('protocol', 'service', 'lab', 'vscode', ...engine)]),
  layer(['src/vscode/**', 'src/extension.ts'], [...only('vscode'), ...folders('protocol', 'service', 'lab', 'headless', ...engine)]),
  layer(['webview/**'], [...npm, '!@vscode/webview-ui-toolkit', ...node, ...folders('protocol', 'rpc', 'cluster', 'service', 'lab', 'vscode', 'headless', ...engine)]),
  { files: ['webview/**'], ignores: ['webview/shared/controls.ts'], rules: { 'no-restricted-syntax': ['error', { selector: 'ImportDeclaration[source.value="@vscode/webview-ui-toolkit"]', message: 'Only webview/shared/controls.ts knows the toolkit.' }, { selector: 'ExportDefaultDeclaration', message: 'Export by name.' }] } },
  layer(['src/lab/**', 'src/lab.ts'], [...npm, ...folders('protocol', 'rpc', 'cluster', 'service', 'vscode', 'headless', ...engine)]),
);

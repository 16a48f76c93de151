/** The package.json of the package. */

/** What the project says of itself. */
export type ProjectManifest = Readonly<Record<string, unknown>>;

/** What the package says of itself as the project does. */
const SHARED = ['name', 'version', 'description', 'keywords', 'license', 'author', 'homepage', 'bugs'] as const;

/**
 * What the construct needs of the app that it is in: the oldest versions that it works with, which `npm run test:package`
 * installs. `Runtime.NODEJS_24_X` came with this one of the CDK. They are optional, for whoever only sends users.
 */
export const PEER_DEPENDENCIES = { 'aws-cdk-lib': '^2.224.0', constructs: '^10.0.0' } as const;

/** The versions of Node whose HTTP agents know of proxies (`proxyEnv`). Source: Node.js documentation, `http.Agent`. */
const ENGINES = { node: '^22.21.0 || >=24.5.0' };

/**
 * Data that the package gives out. It is where its name says, in the root: the oldest way to resolve modules, with which apps of the
 * CDK began, reads no `exports`.
 */
const DATA = ['./message.schema.json', './users-schema.avsc'];

/**
 * Makes the package's manifest.
 *
 * @param repository - where the source is, for whoever publishes with provenance
 */
export function packageManifest(project: ProjectManifest, repository: string | undefined) {
  return {
    ...Object.fromEntries(SHARED.flatMap((name) => (project[name] === undefined ? [] : [[name, project[name]]]))),
    ...(repository && { repository: { type: 'git', url: `git+${repository}.git` } }),
    type: 'commonjs',
    main: './index.js',
    types: './index.d.ts',
    exports: {
      '.': library('index'),
      './producer': library('producer'),
      ...Object.fromEntries(DATA.map((file) => [file, file])),
      './package.json': './package.json',
    },
    bin: { 'personalize-users': 'cli/main.mjs' },
    sideEffects: false,
    engines: ENGINES,
    peerDependencies: PEER_DEPENDENCIES,
    peerDependenciesMeta: Object.fromEntries(Object.keys(PEER_DEPENDENCIES).map((name) => [name, { optional: true }])),
    publishConfig: { access: 'public', provenance: true },
  };
}

function library(name: string) {
  return {
    import: { types: `./${name}.d.mts`, default: `./${name}.mjs` },
    require: { types: `./${name}.d.ts`, default: `./${name}.js` },
  };
}

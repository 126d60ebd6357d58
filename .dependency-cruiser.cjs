/**
 * The arrows of the house, enforced: entry, app, feature, shared, one way.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'shared-is-pure',
      comment: 'Invariant 1: shared/ reaches nothing but itself and pure packages.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { pathNot: ['^shared/', '^node_modules/(bencode|ipaddr\\.js)/'] },
    },
    {
      name: 'edge-and-seed-box-never-meet',
      comment: 'Invariant 12: they share a vocabulary, and speak over the network.',
      severity: 'error',
      from: { path: '^tracker-worker/' },
      to: { path: '^seed-node/' },
    },
    {
      name: 'seed-box-and-edge-never-meet',
      comment: 'Invariant 12, the other way.',
      severity: 'error',
      from: { path: '^seed-node/' },
      to: { path: '^tracker-worker/' },
    },
    {
      name: 'browser-meets-shared-alone',
      comment:
        'What runs in a browser knows the shared vocabulary and packages, and no code of the edge.',
      severity: 'error',
      from: { path: '^tracker-worker/browser/' },
      to: { pathNot: '^(tracker-worker/browser|shared|node_modules)/' },
    },
    {
      name: 'edge-imports-no-browser-code',
      comment: 'Pages name the modules by the manifest of their build.',
      severity: 'error',
      from: { path: '^tracker-worker/', pathNot: '^tracker-worker/browser/' },
      to: { path: '^tracker-worker/browser/' },
    },
    {
      name: 'tests-are-leaves',
      severity: 'error',
      from: { path: '^(shared|tracker-worker|seed-node)/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-node-at-the-edge',
      severity: 'error',
      from: { path: '^tracker-worker/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'cloudflare-only-in-shells',
      comment: 'cloudflare:workers in the entry and the object shells.',
      severity: 'error',
      from: {
        path: '^tracker-worker/',
        pathNot: '^tracker-worker/(index|env|swarm/swarm-shard|catalog/catalog)\\.ts$',
      },
      to: { path: '^cloudflare:' },
    },
    {
      name: 'hono-only-in-routes-and-pages',
      severity: 'error',
      from: {
        path: '^tracker-worker/',
        pathNot: '^tracker-worker/(app\\.tsx|(pages|console)/.*|.*-routes\\.tsx?)$',
      },
      to: { path: '(^|/)node_modules/hono/' },
    },
    {
      name: 'engine-is-sans-io',
      comment:
        'engine/ and wire/ know messages and time as values; sockets, files and clocks are elsewhere.',
      severity: 'error',
      from: { path: '^seed-node/(engine|wire)/' },
      to: { pathNot: '^(seed-node/(engine|wire)|shared)/' },
    },
    {
      name: 'announce-schedule-is-pure',
      comment: 'When to announce is decided without a clock, a socket or a timer.',
      severity: 'error',
      from: {
        path: '^seed-node/announce/(announce-schedule|announce-scheduler|tracker-schedule|tracker-site|reachability|pace|due-queue)\\.ts$',
      },
      to: {
        pathNot: [
          '^seed-node/announce/(announce-schedule|tracker-schedule|tracker-site|reachability|pace|due-queue)\\.ts$',
          '^shared/',
        ],
      },
    },
    {
      name: 'swarm-is-pure',
      comment: 'The state machine knows no object, no disk and no request.',
      severity: 'error',
      from: {
        path: '^tracker-worker/swarm/(swarm|resident-swarms|swarm-log|slab|peer-list|seat[a-z-]*|source-counts|draw[a-z-]*)\\.ts$',
      },
      to: { pathNot: '^(tracker-worker/swarm|shared)/' },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(cloudflare:|bencode)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|data)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node'] },
    skipAnalysisNotInRules: true,
  },
};

// What the site's scripts find on `window`; read by `tsc` only, see tsconfig.json.

/** Set by the joined explorer.js, see bundle.py. */
declare var metazooExplorer:
  | { start: typeof import("./explorer/main.js").start; vega: string | null }
  | undefined;

/** Set by explorer-data.js, which metazoo.cards.explorer writes. */
declare var metazooExplorerData: import("./explorer/data.js").Raw;

/** Set by the Vega bundle, see vega.py. Vega's own types need its npm package. */
declare var metazooVega: any;

/** Material's observable of pages; missing before its script has run, and in other themes. */
declare var document$: { subscribe(next: () => void): void } | undefined;

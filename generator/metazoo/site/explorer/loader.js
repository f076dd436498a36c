// Starts the explorer on the page that has its place, and ends it when the reader leaves that page.
//
// The only part of it that every page loads. With instant navigation the page changes under the
// script, which therefore runs once and listens; opened from a folder there is no such event, so it
// also begins by itself.

(() => {
  "use strict";

  const OWN = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  /** @type {Map<string, Promise<void>>} */
  const scripts = new Map();
  /** @type {{place: HTMLElement, stop: () => void} | null} */
  let running = null;

  /**
   * Load a script once, however often its page is visited.
   * @param {string} name  Beside this one.
   */
  function load(name) {
    let loading = scripts.get(name);
    if (!loading) {
      loading = new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = new URL(name, OWN).href;
        script.onload = () => done();
        script.onerror = () => failed(new Error(`${script.src} can't be loaded`));
        document.head.append(script);
      });
      scripts.set(name, loading);
    }
    return loading;
  }

  /** @param {string} name */
  function ahead(name) {
    const hint = document.createElement("link");
    hint.rel = "preload";
    hint.as = "script";
    hint.href = new URL(name, OWN).href;
    document.head.append(hint);
  }

  /**
   * Whether cards are files or folders, as the page's own link to the list of families shows.
   * @param {HTMLElement} place
   */
  function cards(place) {
    const families = place.ownerDocument.querySelector("a.mx-families");
    const list = new URL(families instanceof HTMLAnchorElement ? families.href : "models/", location.href);
    const files = list.pathname.endsWith(".html");
    return (/** @type {string} */ page, /** @type {string} */ anchor) =>
      `${new URL(files ? `${page}.html` : `${page}/`, list).href}#${encodeURIComponent(anchor)}`;
  }

  /** @param {HTMLElement} place */
  async function explore(place) {
    const parts = globalThis.metazooExplorer ? [] : [load("explorer.js")];
    await Promise.all([...parts, load(`explorer-data.js?${place.dataset.version}`)]);
    if (!place.isConnected || running) return;
    if (!globalThis.metazooExplorer) throw new Error("explorer.js did not run");
    const { start, vega } = globalThis.metazooExplorer;
    if (vega && !scripts.has(vega)) ahead(vega);
    const still = document.querySelector(".mx-static figure");
    const stop = start(place, globalThis.metazooExplorerData, {
      card: cards(place),
      still: still instanceof HTMLElement ? still : null,
      // Its half megabyte is run only after the table has been painted.
      vega: vega ? () => painted().then(() => load(vega)).then(() => globalThis.metazooVega) : null,
    });
    running = { place, stop };
    document.querySelector(".mx-static")?.remove();
  }

  function painted() {
    return new Promise((done) => {
      requestAnimationFrame(() => setTimeout(done));
    });
  }

  function visit() {
    const place = document.querySelector(".mx-root");
    if (running && running.place !== place) {
      running.stop();
      running = null;
    }
    if (place instanceof HTMLElement && !running) {
      explore(place).catch((error) => {
        place.hidden = false;
        place.textContent = `The explorer could not be started: ${error.message}. The list below has the models.`;
      });
    }
  }

  visit();
  document.addEventListener("DOMContentLoaded", () => {
    visit();
    globalThis.document$?.subscribe(() => visit());
  });
})();

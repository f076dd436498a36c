// Small helps on metazoo's cards; every page works without them.
//
// One script for the whole site. With instant navigation the page changes under it, so nothing here
// holds on to an element: all listeners sit on the document.

(() => {
  "use strict";

  const GAP = 8;

  /**
   * Put the exact numbers of a fact beside it, within the window.
   * @param {Event} event
   */
  function placeTip(event) {
    const fact = event.target instanceof Element ? event.target.closest(".mz-fact") : null;
    const tip = fact?.querySelector(".mz-tip");
    if (!fact || !(tip instanceof HTMLElement) || !window.matchMedia("(min-width: 45em)").matches) {
      tip?.classList.remove("mz-placed");
      return;
    }
    tip.classList.add("mz-placed");
    const at = fact.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    const right = Math.max(GAP, window.innerWidth - size.width - GAP);
    const below = at.bottom + GAP;
    const fits = below + size.height < window.innerHeight;
    tip.style.setProperty("--mz-left", `${Math.min(Math.max(GAP, at.right - size.width), right)}px`);
    tip.style.setProperty("--mz-top", `${fits ? below : at.top - GAP - size.height}px`);
  }

  /** Open the details that the address points at. */
  function openTarget() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id ? document.getElementById(id) : null;
    if (target instanceof HTMLDetailsElement && !target.open) {
      target.open = true;
      target.scrollIntoView();
    }
  }

  /**
   * Let the reader choose the variant that the code on this page names.
   * @param {HTMLElement} place
   */
  function offerVariants(place) {
    const first = place.dataset.name ?? "";
    const without = new Set((place.dataset.without ?? "").split(" "));
    const all = [...document.querySelectorAll(".mz-variants tbody th a")].map((a) => a.textContent ?? "");
    const names = all.filter((name) => !without.has(name));
    if (names.length < 2) return;
    /** @type {{node: Text, template: string}[]} */
    const spots = [];
    const quoted = `"${first}"`;
    for (const code of document.querySelectorAll("article pre code")) {
      const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = /** @type {Text} */ (walker.currentNode);
        if (node.data.includes(quoted)) spots.push({ node, template: node.data });
      }
    }
    const select = document.createElement("select");
    select.append(...names.map((name) => new Option(name, name, name === first, name === first)));
    select.addEventListener("change", () => {
      for (const { node, template } of spots) node.data = template.replaceAll(quoted, () => `"${select.value}"`);
    });
    const label = document.createElement("label");
    label.append("Variant in the code", select);
    place.replaceChildren(label);
    place.hidden = false;
  }

  /** @param {HTMLTableCellElement | undefined} cell */
  function sortKey(cell) {
    const shown = cell?.querySelector(".mz-fact")?.firstChild?.textContent ?? cell?.textContent ?? "";
    const text = shown.trim();
    const number = Number.parseFloat(text.replaceAll(",", ""));
    return Number.isNaN(number) || /^[a-z]/i.test(text) ? text : number;
  }

  /**
   * Make the columns of a table sortable by their headers.
   * @param {HTMLTableElement} table
   */
  function makeSortable(table) {
    const headers = [...(table.tHead?.rows[0]?.cells ?? [])];
    const body = table.tBodies[0];
    if (!body || body.rows.length < 3) return;
    headers.forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => {
        const down = header.getAttribute("aria-sort") !== "descending" && header.matches(".mz-num, [aria-sort]");
        for (const other of headers) other.removeAttribute("aria-sort");
        header.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...body.rows].map((row) => ({ row, key: sortKey(row.cells[column]) }));
        rows.sort((one, other) => {
          // What has no number stays at the end, whichever way the others go.
          const missing = Number(one.key === "–") - Number(other.key === "–");
          if (missing) return missing;
          const order =
            typeof one.key === "number" && typeof other.key === "number"
              ? one.key - other.key
              : String(one.key).localeCompare(String(other.key), "en", { numeric: true });
          return down ? -order : order;
        });
        body.append(...rows.map(({ row }) => row));
      });
    });
  }

  /** Set up what the page has; a second call on the same page does nothing. */
  function setUp() {
    for (const place of document.querySelectorAll(".mz-picker:empty")) {
      if (place instanceof HTMLElement) offerVariants(place);
    }
    for (const table of document.querySelectorAll(".mz-variants:not([data-sortable])")) {
      if (!(table instanceof HTMLTableElement)) continue;
      table.dataset.sortable = "";
      makeSortable(table);
    }
    const moved = document.querySelector("a.mz-redirect");
    if (moved instanceof HTMLAnchorElement) location.replace(moved.href);
    openTarget();
  }

  document.addEventListener("pointerover", placeTip);
  document.addEventListener("focusin", placeTip);
  document.addEventListener("click", (event) => {
    // Following a link to where one already is changes no hash, so no event would come.
    const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
    if (link) setTimeout(openTarget);
  });
  window.addEventListener("hashchange", openTarget);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", setUp);
  else setUp();
  // Instant navigation swaps the page without loading it; Material then tells through `document$`.
  // It loads after this script.
  document.addEventListener("DOMContentLoaded", () => {
    window.document$?.subscribe(() => setUp());
  });
})();

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

  document.addEventListener("pointerover", placeTip);
  document.addEventListener("focusin", placeTip);
  document.addEventListener("click", (event) => {
    // Following a link to where one already is changes no hash, so no event would come.
    const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
    if (link) setTimeout(openTarget);
  });
  window.addEventListener("hashchange", openTarget);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", openTarget);
  else openTarget();
})();

/* The cards of figures and terms: placed where they can be read, closed by Escape or a tap elsewhere, opened by a first
   tap. Without this script the cards still open on hover and focus, and a tap follows the link. */
(() => {
  "use strict";
  const EDGE = 8;
  const SHOWN = ".carded:is(:hover, :focus-within)";
  const header = document.querySelector(".bd-header-article");

  /* Above its figure or term where there is room, else below, and always inside the window's width. The card touches the
     line it belongs to, so the pointer can move onto it. */
  function place(carded) {
    const card = carded.querySelector(".hover-card");
    const lines = carded.querySelector(".card-opener").getClientRects(); // which may run over two lines
    carded.dataset.placed = "";
    card.style.left = card.style.top = "0";
    const box = card.getBoundingClientRect();
    const root = document.documentElement;
    const above = lines[0].top - Math.max(0, header?.getBoundingClientRect().bottom ?? 0);
    const below = root.clientHeight - lines[lines.length - 1].bottom;
    const goesUp = above >= box.height || above > below;
    const line = goesUp ? lines[0] : lines[lines.length - 1];
    const left = Math.max(EDGE, Math.min(line.left, root.clientWidth - EDGE - box.width));
    const top = goesUp ? line.top - box.height : line.bottom;
    card.style.left = `${left - box.left}px`;
    card.style.top = `${top - box.top}px`;
  }

  function open(carded) {
    delete carded.dataset.closed;
    place(carded);
  }

  function closeAllBut(kept) {
    for (const carded of document.querySelectorAll(SHOWN)) if (carded !== kept) carded.dataset.closed = "";
  }

  for (const carded of document.querySelectorAll(".carded")) {
    let firstTap = false;
    const reset = () => { delete carded.dataset.closed; };
    carded.addEventListener("pointerenter", () => open(carded));
    carded.addEventListener("pointerleave", reset);
    carded.addEventListener("focusin", () => open(carded));
    carded.addEventListener("focusout", reset);
    carded.addEventListener("pointerdown", (event) => { firstTap = event.pointerType === "touch" && !carded.matches(":focus-within"); });
    carded.addEventListener("pointercancel", () => { firstTap = false; });
    carded.querySelector(".card-opener").addEventListener("click", (event) => {
      if (!firstTap) return;
      firstTap = false;
      event.preventDefault();
      event.currentTarget.focus({ preventScroll: true });
    });
  }

  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeAllBut(null); });
  document.addEventListener("pointerdown", (event) => {
    const kept = event.target.closest(".carded");
    const focused = document.activeElement?.closest(".carded");
    if (focused && focused !== kept) document.activeElement.blur(); // not every browser does so on a tap
    closeAllBut(kept);
  });
  addEventListener("resize", () => document.querySelectorAll(SHOWN).forEach(place));
})();

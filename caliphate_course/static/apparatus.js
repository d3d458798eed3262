/* Fact cards: placed where they can be read, closed by Escape or a tap elsewhere, opened by a first tap.
   Without this script the cards still open on hover and focus, and a tap follows the link. */
(() => {
  "use strict";
  const EDGE = 8;
  const SHOWN = ".fact:is(:hover, :focus-within)";
  const facts = document.querySelectorAll(".fact");
  const header = document.querySelector(".bd-header-article");

  /* Above the figure where there is room, else below, and always inside the window's width. The card touches the
     line it belongs to, so the pointer can move onto it. */
  function place(fact) {
    const card = fact.querySelector(".fact-card");
    const lines = fact.querySelector(".fact-figure").getClientRects(); // a figure may run over two lines
    fact.dataset.factPlaced = "";
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

  function open(fact) {
    delete fact.dataset.factClosed;
    place(fact);
  }

  function closeAllBut(kept) {
    for (const fact of document.querySelectorAll(SHOWN)) if (fact !== kept) fact.dataset.factClosed = "";
  }

  for (const fact of facts) {
    let firstTap = false;
    const reset = () => { delete fact.dataset.factClosed; };
    fact.addEventListener("pointerenter", () => open(fact));
    fact.addEventListener("pointerleave", reset);
    fact.addEventListener("focusin", () => open(fact));
    fact.addEventListener("focusout", reset);
    fact.addEventListener("pointerdown", (event) => { firstTap = event.pointerType === "touch" && !fact.matches(":focus-within"); });
    fact.addEventListener("pointercancel", () => { firstTap = false; });
    fact.querySelector(".fact-figure").addEventListener("click", (event) => {
      if (!firstTap) return;
      firstTap = false;
      event.preventDefault();
      event.currentTarget.focus({ preventScroll: true });
    });
  }

  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeAllBut(null); });
  document.addEventListener("pointerdown", (event) => {
    const kept = event.target.closest(".fact");
    const focused = document.activeElement?.closest(".fact");
    if (focused && focused !== kept) document.activeElement.blur(); // not every browser does so on a tap
    closeAllBut(kept);
  });
  addEventListener("resize", () => document.querySelectorAll(SHOWN).forEach(place));
})();

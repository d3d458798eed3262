/* Fact cards: Escape closes them, they stay inside the window, and a first tap opens instead of leaving.
   Without this script the cards still open on hover and focus. */
(() => {
  "use strict";
  const EDGE = 8;
  const facts = document.querySelectorAll(".fact");

  function place(fact) {
    const card = fact.querySelector(".fact-card");
    card.style.removeProperty("--fact-shift");
    delete fact.dataset.factBelow;
    const box = card.getBoundingClientRect();
    const over = box.right - (document.documentElement.clientWidth - EDGE);
    if (over > 0) card.style.setProperty("--fact-shift", `${-Math.min(over, box.left - EDGE)}px`);
    if (box.top < EDGE) fact.dataset.factBelow = "";
  }

  function open(fact) {
    delete fact.dataset.factClosed;
    place(fact);
  }

  for (const fact of facts) {
    let touched = false;
    fact.addEventListener("pointerenter", () => open(fact));
    fact.addEventListener("pointerleave", () => { delete fact.dataset.factClosed; touched = false; });
    fact.addEventListener("focusin", () => open(fact));
    fact.addEventListener("focusout", () => { delete fact.dataset.factClosed; touched = false; });
    fact.querySelector("a").addEventListener("click", (event) => {
      if (event.pointerType !== "touch" || touched) return;
      event.preventDefault();
      touched = true;
      event.currentTarget.focus();
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const fact of facts) {
      if (fact.matches(":hover, :focus-within")) fact.dataset.factClosed = "";
    }
  });
})();

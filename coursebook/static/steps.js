/* A chart told in steps: each is a state with a sentence. Buttons, or the arrow keys while one of them has the focus. */
(() => {
  "use strict";

  window.walkThrough = (explorer) => {
    const walk = explorer.root.querySelector(".explorer-walk"), steps = [...walk.querySelectorAll("li")];
    const [back, on] = walk.querySelectorAll("button"), place = walk.querySelector("span");
    let at = -1;
    function go(by) {
      if (at + by < 0 || at + by > steps.length) return;
      at += by;
      const step = steps[at]; // none after the last: the reader is on their own
      walk.dataset.begun = "";
      steps.forEach((one) => one.toggleAttribute("data-now", one === (step ?? steps.at(-1))));
      place.textContent = step ? `Step ${at + 1} of ${steps.length}` : "Now on your own: move the controls";
      on.textContent = step ? "Next" : "Done";
      back.setAttribute("aria-disabled", at === 0);
      on.setAttribute("aria-disabled", !step);
      if (!step) return;
      explorer.go(step.dataset.query);
      explorer.news = `${place.textContent}: ${step.textContent}`;
    }
    back.addEventListener("click", () => go(-1));
    on.addEventListener("click", () => go(1));
    walk.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      go(by);
    });
  };
})();

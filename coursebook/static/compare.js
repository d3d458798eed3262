/* Sets a second frame of a chart beside it, with controls of its own; loaded when a reader asks for it. */
(() => {
  "use strict";

  const ONCE = ".explorer-asks, .explorer-asked, .explorer-walk, .explorer-details, .explorer-sources, noscript, .explorer-compare, .explorer-note, .explorer-play, .explorer-speed";
  const SECOND = "-second";

  function copyOf(root) {
    const copy = root.cloneNode(true);
    for (const one of copy.querySelectorAll(ONCE)) one.remove();
    for (const name of ["id", "for", "name"]) for (const one of copy.querySelectorAll(`[${name}]`)) one.setAttribute(name, one.getAttribute(name) + SECOND);
    copy.dataset.explorer += SECOND;
    delete copy.dataset.asks;
    delete copy.dataset.explorerReady;
    return copy;
  }

  window.compareStates = (first, explorers, made) => {
    const { root } = first, button = root.querySelector(".explorer-compare");
    if (first.second) {
      explorers.splice(explorers.indexOf(first.second), 1);
      root.closest(".explorer-pair").replaceWith(root);
      first.second = undefined;
      button.textContent = "Compare two states";
    } else {
      const pair = Object.assign(document.createElement("div"), { className: "explorer-pair" }), copy = copyOf(root);
      root.replaceWith(pair);
      pair.append(root, copy);
      const second = made(copy);
      Object.defineProperty(second, "address", { get: () => first.address }); // one chart of the two names the page's state
      second.retitle = () => undefined; // as it does the title
      second.controls.forEach((control, i) => { control.shared += SECOND; control.state = first.controls[i].state; });
      second.last = second.controls[0];
      first.second = second;
      explorers.push(second);
      copy.querySelector("form").setAttribute("aria-label", "Controls of the second state");
      button.textContent = "One state again";
      second.rest();
    }
    first.last ??= first.controls[0];
    first.rest();
    button.focus();
  };
})();

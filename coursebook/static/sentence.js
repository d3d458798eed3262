/* Shows the chart of which a sentence speaks together with the sentence; loaded when a reader first follows such a link.

   Both as they stand, if they fit on the screen; else after scrolling; else a copy of the chart beside the text, where
   there is room for it; else the chart is gone to, and a button leads back. */
(() => {
  "use strict";

  const LEAST_COPY_PX = 220, MOST_COPY_PX = 380, GAP_PX = 16;
  const ENOUGH = 0.6; // a chart of which so much is seen needs no copy
  let leave = () => {}; // takes away the copy, or the way back, that the sentence before has brought

  const made = (tag, values, ...children) => {
    const element = Object.assign(document.createElement(tag), values);
    element.append(...children);
    return element;
  };
  const button = (words, act) => made("button", { type: "button", textContent: words, onclick: act });

  function brought(...elements) {
    leave = () => { elements.forEach((one) => one.remove()); leave = () => {}; };
  }

  function show(explorer, link, tools) {
    leave();
    const chart = explorer.chart.getBoundingClientRect(), line = link.getBoundingClientRect();
    const margin = parseFloat(getComputedStyle(explorer.figure).scrollMarginTop);
    const top = Math.min(chart.top, line.top), bottom = Math.max(chart.top + ENOUGH * chart.height, line.bottom);
    if (top >= margin && bottom <= innerHeight) return;
    if (bottom - top <= innerHeight - margin) { scrollBy(0, top - margin); return; }
    const block = link.closest("p, li, dd, td, summary") ?? link;
    const room = document.documentElement.clientWidth - block.getBoundingClientRect().right - 2 * GAP_PX;
    if (room >= LEAST_COPY_PX) copyBeside(explorer, link, block, Math.min(room, MOST_COPY_PX), tools); else goThere(explorer, link, tools);
  }

  function backTo(link) {
    leave();
    link.focus({ preventScroll: true });
    link.scrollIntoView({ block: "center" });
  }

  /* The copy stands in the page behind the sentence's block: the next Tab leads into it. */
  async function copyBeside(explorer, link, block, width, tools) {
    const place = made("div", { className: "explorer-chart" });
    const close = made("p", {}, button("Go to the chart", () => goThere(explorer, link, tools)), " ", button("Close", () => backTo(link)));
    const copy = made("aside", { className: "state-copy", ariaLabel: `Copy of ${explorer.number}` },
      made("p", { textContent: explorer.shows }), place, close);
    copy.style.width = `${width}px`;
    if (block.matches("p")) block.after(copy); else block.append(copy);
    brought(copy);
    const seen = new IntersectionObserver((entries) => {
      if (entries.at(-1).isIntersecting) { seen.disconnect(); copy.remove(); }
    }, { threshold: ENOUGH });
    seen.observe(explorer.chart);
    const { svg, hints } = await tools.painter.ask({ ...await explorer.request({ still: true }), narrow: true, use: "copy" });
    place.append(tools.drawing(svg, hints, explorer.marks));
  }

  function goThere(explorer, link, tools) {
    leave();
    const back = button("Back to the text", () => backTo(link));
    back.className = "state-back";
    explorer.figure.before(back);
    brought(back);
    tools.goTo(explorer);
  }

  addEventListener("keydown", ({ key }) => {
    if (key === "Escape") document.querySelector(".state-back, .state-copy button:last-child")?.click();
  });

  window.showWithSentence = show;
})();

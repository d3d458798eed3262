/* What a reader has done, kept on this device only: one entry of the browser's store for the whole book, JSON by keys
   such as `answer/<question>`. Where the store refuses (a browser that gives local files none, one that is full or
   forbidden), all works as long as the page is open, and `refused` says that nothing is kept.

   `kept.get(key)`, `kept.set(key, value)` (undefined takes it out), `kept.keys(start)`, `kept.forget(start)`: all keys
   that start so, all if nothing is given. `kept.told` are words on where all is kept, if a page around this one keeps it
   too. After each change, also one in another window, `document` gets "kept".

   From disk, some browsers give each file a store of its own. There a page that nobody sees, `kept.html`, keeps all for
   the whole book: it is told of every change, and tells of those made on other pages. */
(() => {
  "use strict";
  const ENTRY = `course:${document.body.dataset.book ?? "book"}`;
  let refused = false, here = {}, keeper, early;

  function read() {
    if (refused) return here;
    try { here = { ...JSON.parse(localStorage.getItem(ENTRY)) }; } catch (fault) {
      if (fault instanceof SyntaxError) here = {}; else refused = true; // not written by us, or no store
    }
    return here;
  }

  /* What another window has written since stays. */
  function change(act) {
    act(read());
    write();
    if (early) early.push(act); else keeper?.postMessage({ entry: ENTRY, all: here }, "*");
  }

  function write() {
    try {
      if (!refused) localStorage[Object.keys(here).length ? "setItem" : "removeItem"](ENTRY, JSON.stringify(here));
    } catch { refused = true; }
    tell();
  }

  const tell = () => document.dispatchEvent(new Event("kept"));
  addEventListener("storage", ({ key }) => { if (key === ENTRY || key === null) tell(); });

  /* Whether the store takes anything is known before the reader does something: to be told in time. */
  try {
    localStorage.setItem(`${ENTRY}?`, "");
    localStorage.removeItem(`${ENTRY}?`);
  } catch { refused = true; }

  if (location.protocol === "file:") {
    const frame = document.createElement("iframe");
    Object.assign(frame, { src: new URL("kept.html", document.currentScript.src), hidden: true, title: "What is kept" });
    frame.addEventListener("load", () => frame.contentWindow.postMessage({ entry: ENTRY }, "*"));
    addEventListener("message", ({ source, data }) => {
      if (source !== frame.contentWindow) return;
      keeper = source;
      here = data.all ?? read();
      const acts = early ?? [];
      early = undefined;
      for (const act of acts) act(here); // what was done before the keeper had answered
      write();
      if (acts.length || !data.all) keeper.postMessage({ entry: ENTRY, all: here }, "*");
    });
    early = [];
    document.body.append(frame);
  }

  const named = (keys, start = "") => keys.filter((key) => key.startsWith(start));
  window.kept = {
    get refused() { return refused; },
    get: (key) => read()[key],
    set: (key, value) => change((all) => { if (value === undefined) delete all[key]; else all[key] = value; }),
    keys: (start) => named(Object.keys(read()), start),
    forget: (start) => change((all) => { for (const key of named(Object.keys(all), start)) delete all[key]; }),
  };
})();

/* The frame of every page: colour mode, search field, drawers on small screens, the current place in "On this page".
   A classic script, so that it also runs from a local copy. */
(() => {
  "use strict";

  const root = document.documentElement, HERE = document.currentScript.src;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const wide = { "pst-primary-sidebar": matchMedia("(min-width: 992px)"), "pst-secondary-sidebar": matchMedia("(min-width: 1200px)") };
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

  /* Colour mode: automatic, then the opposite of what the system asks for, then the same. */
  const MODE_NAMES = { auto: "automatic", light: "light", dark: "dark" };

  function setMode(mode) {
    root.dataset.mode = mode;
    root.dataset.theme = mode === "auto" ? (prefersDark.matches ? "dark" : "light") : mode;
    for (const button of $$('[data-action="mode"]')) {
      button.setAttribute("aria-label", `Colour mode: ${MODE_NAMES[mode]}`);
      button.title = `Colour mode: ${MODE_NAMES[mode]}`;
    }
  }

  /* Paper is light. */
  addEventListener("beforeprint", () => { root.dataset.theme = "light"; });
  addEventListener("afterprint", () => setMode(root.dataset.mode));

  function nextMode() {
    const order = prefersDark.matches ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
    const mode = order[(order.indexOf(root.dataset.mode) + 1) % order.length];
    try { localStorage.setItem("mode", mode); } catch { /* storage is off: the choice lasts for this page */ }
    setMode(mode);
  }

  /* Python: folded for readers, all of it shown to those who have asked for it once. */
  function setPython() {
    const shown = root.hasAttribute("data-python");
    for (const fold of $$("details.python")) fold.open = shown;
    for (const button of $$('[data-action="python"]')) button.textContent = shown ? "Fold the Python code" : "Show all Python code";
  }

  function switchPython() {
    const shown = root.toggleAttribute("data-python");
    try { if (shown) localStorage.setItem("python", "shown"); else localStorage.removeItem("python"); } catch { /* as above */ }
    setPython();
  }

  setPython();

  /* Search */
  const search = document.getElementById("pst-search-dialog");

  function openSearch() {
    const onPage = document.querySelector("main .course-search input");
    if (onPage) onPage.focus();
    else if (!search.open) { loadSearch(); search.showModal(); }
  }

  let searching = false;
  function loadSearch() {
    if (searching) return;
    searching = true;
    for (const name of ["minisearch.js", "search-entries.js", "search.js"]) {
      document.head.append(Object.assign(document.createElement("script"), { src: new URL(name, HERE).href, async: false }));
    }
  }

  /* In front of a room: the button, or `?present` in the address. Both files are small, and few pages are ever shown so. */
  let presenting;
  function present() {
    presenting ??= Promise.all([["link", { rel: "stylesheet" }, "href", "present.css"], ["script", {}, "src", "present.js"]].map(([tag, values, from, name]) => new Promise((loaded) => {
      document.head.append(Object.assign(document.createElement(tag), { ...values, [from]: new URL(name, HERE).href, onload: loaded }));
    })));
    presenting.then(() => window.present());
  }
  if (/[?&]present\b/.test(location.search)) addEventListener("load", present);

  /* Drawers: on a wide screen the button hides or shows the column, on a narrow one it opens it as a dialog. */
  function toggleDrawer(button) {
    const sidebar = document.getElementById(button.getAttribute("aria-controls"));
    if (wide[sidebar.id].matches) { sidebar.classList.toggle("course-hidden"); return; }
    const dialog = document.getElementById(sidebar.id + "-modal");
    dialog.append(...sidebar.childNodes);
    dialog.className = sidebar.className + " course-drawer";
    dialog.addEventListener("close", () => { sidebar.append(...dialog.childNodes); dialog.className = ""; }, { once: true });
    dialog.showModal();
  }

  for (const dialog of $$("dialog")) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || (dialog !== search && event.target.closest("a"))) dialog.close();
    });
  }

  const actions = { mode: nextMode, search: openSearch, drawer: toggleDrawer, print: () => print(), present, python: switchPython };
  for (const button of $$("[data-action]")) {
    button.addEventListener("click", () => actions[button.dataset.action](button));
  }
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openSearch();
    }
    if (event.key === "Escape") for (const menu of $$(".course-downloads[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  addEventListener("click", (event) => {
    for (const menu of $$(".course-downloads[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  prefersDark.addEventListener("change", () => setMode(root.dataset.mode));
  setMode(root.dataset.mode);

  /* The heading being read is marked in "On this page". */
  const links = $$("#pst-page-toc-nav a");
  if (links.length) {
    const byHeading = new Map(links.map((a) => [document.getElementById(decodeURIComponent(a.hash.slice(1)))?.querySelector("h2, h3, h4"), a]));
    const seen = new IntersectionObserver((entries) => {
      const entry = entries.filter((e) => e.isIntersecting).pop();
      if (!entry) return;
      for (const link of links) {
        const current = link === byHeading.get(entry.target);
        link.classList.toggle("active", current);
        if (current) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
      }
    }, { rootMargin: "0px 0px -70% 0px" });
    for (const heading of byHeading.keys()) if (heading) seen.observe(heading);
  }

  /* A sentence's link to a state of a chart leads to the figure by itself, to the state with a script. */
  for (const link of $$("a[data-state]")) link.hash += `?${link.dataset.state}`;

  /* What scrolls sideways can be reached and scrolled by keyboard. */
  const scrollable = () => {
    for (const box of $$("main pre, main .pst-scrollable-table-container, main .cell_output > .output")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; else box.removeAttribute("tabindex");
    }
  };
  addEventListener("load", scrollable);
  addEventListener("resize", scrollable);
})();

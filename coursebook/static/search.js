/* The search: in the dialog as one types, and on its own page. It knows what `search-entries.js` lists and the numbers in
   its sentences, and indexes them here with MiniSearch. Loaded, with these two, when a reader opens the search.

   A word is found as it is, in another spelling, or as the beginning of a longer word, never inside one. */
(() => {
  "use strict";
  const MOST = 40, EXCERPT = 170, LEAST_BEGINNING = 4, LEAST_MISTYPED = 6;
  const KINDS = { term: "Term", name: "Name", section: "Section", figure: "Figure", number: "Number" };
  const WEIGHT = { term: 2.6, name: 2.2, figure: 1.5, number: 1.3, section: 1 }, WHERE_COUNTED = 4;
  const COUNTING = /\b(how many|numbers?|deaths?|killed|dead|toll|counts?|figures?)\b|\d,\d{3}/i;
  const NUMBER = /\x02([^\x03]*)\x03/g;
  const IGNORED = new Set("a al an and are as at be by did do does el for from had has have how in is it its many much of on or that the their they this to was were what when where which who why with".split(" "));
  const { pages, entries, spellings } = window.searchEntries;
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href).href;
  const made = (tag, values = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), values);
    element.append(...children);
    return element;
  };

  const folded = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f'’‘`]/g, "").replace(/(\d),(?=\d{3})/g, "$1").toLowerCase();
  const words = (text) => folded(text).split(/[^\p{L}\p{N}]+/u).filter((word) => word && !IGNORED.has(word));

  /* Of several spellings the first stands for all: of single words everywhere, of several words in what is typed. */
  const forms = spellings.flatMap(([first, ...others]) => others.map((other) => [words(other), words(first)]));
  const single = new Map(forms.filter(([other, first]) => other.length === 1 && first.length === 1).map(([[other], [first]]) => [other, first]));
  const tokens = (text) => words(text).map((word) => single.get(word) ?? word);
  const phrases = forms.map(([other, first]) => [` ${other.join(" ")} `, ` ${first.join(" ")} `]);
  const typedTokens = (text) => phrases.reduce((all, [other, first]) => all.replace(other, first), ` ${words(text).join(" ")} `);

  /* Entries by their place in this list, with those made of the sentences that tell a number. */
  const known = entries.flatMap(([page, kind, anchor, number, title, text, also]) => {
    const plain = text.replace(NUMBER, "$1"), where = { page, anchor, number };
    const sentences = kind === "section" ? text.split(/(?<=[.!?])\s+(?=[\p{Lu}“\x02])/u).filter((one) => one.includes("\x02")) : [];
    return [
      { ...where, kind, title, text: plain, also },
      ...sentences.map((one) => ({
        ...where, kind: "number", section: title, text: one.replace(NUMBER, "$1"), also: "",
        title: [...one.matchAll(NUMBER)].map((found) => found[1]).join(" · "),
      })),
    ];
  });
  const index = new MiniSearch({ fields: ["title", "also", "text"], tokenize: tokens, processTerm: (term) => term });
  index.addAll(known.map(({ kind, title, also, text }, id) => ({ id, title: kind === "number" ? "" : title, also, text })));

  function find(text) {
    const typed = typedTokens(text);
    if (!typed.trim()) return [];
    const weight = { ...WEIGHT, ...(COUNTING.test(text) && { number: WHERE_COUNTED }) };
    const how = {
      boost: { title: 5, also: 4 }, boostDocument: (id) => weight[known[id].kind],
      prefix: (term) => term.length >= LEAST_BEGINNING, fuzzy: (term) => (term.length >= LEAST_MISTYPED ? 1 : false),
      weights: { prefix: 0.3, fuzzy: 0.2 },
    };
    for (const combineWith of ["AND", "OR"]) {
      const found = index.search(typed, { ...how, combineWith }).map(({ id, terms }) => ({ ...known[id], terms }));
      const named = found.filter(isNamed);
      if (found.length) return [...named, ...found.filter((one) => !named.includes(one))].slice(0, MOST);
    }
    return [];
  }

  /* What bears just the name that was typed comes before what speaks of it. */
  const isNamed = ({ title, terms }) => tokens(title).length && tokens(title).every((token) => terms.includes(token));

  /* A piece of the text from around the first word found, with the words found marked. */
  function excerpt({ text, terms }) {
    const pieces = text.split(/(?<=\s)/), isFound = (word) => tokens(word).some((token) => terms.includes(token));
    let from = Math.max(0, pieces.findIndex(isFound) - 8), length = 0;
    const shown = pieces.slice(from).filter((word) => (length += word.length) <= EXCERPT);
    const parts = shown.map((word) => (isFound(word) ? made("mark", { textContent: word.trim() }) : word.trim()));
    const cut = from + shown.length < pieces.length ? " …" : "";
    return [from ? "… " : "", ...parts.flatMap((part, i) => [i ? " " : "", part]), cut];
  }

  function entry(found) {
    const { kind, page, anchor, number, title, section } = found, [docname, pageTitle] = pages[page];
    const href = `${root}${docname}.html${anchor ? `#${anchor}` : ""}`;
    const numbered = kind === "figure" && number ? `Fig. ${number} ${title}` : title;
    const link = made("a", { href, textContent: numbered });
    const where = [KINDS[kind], pageTitle, section].filter((one, i, all) => one && one !== title && all.indexOf(one) === i).join(" · ");
    const parts = [link, made("p", { className: "search-where", textContent: where })];
    if (found.text) parts.push(made("p", { className: "context" }, ...excerpt(found)));
    return made("li", {}, ...parts);
  }

  /* A search field that shows what is found below it as one types. */
  for (const form of document.querySelectorAll("form.course-search")) {
    const input = form.elements.q, status = made("p", { className: "search-status" }), list = made("ol", { className: "search-results" });
    status.setAttribute("role", "status");
    form.after(status, list);
    const show = () => {
      const found = find(input.value);
      list.replaceChildren(...found.map(entry));
      status.textContent = !words(input.value).length ? "" : found.length ? `${found.length === MOST ? "The first " : ""}${found.length} found` : "Nothing found. Try fewer or other words.";
    };
    input.addEventListener("input", show);
    if (!form.closest("dialog")) {
      input.value = new URLSearchParams(location.search).get("q") ?? "";
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        history.replaceState(null, "", `?${new URLSearchParams({ q: input.value })}`);
        show();
      });
      input.focus();
    }
    if (input.value) show();
  }
})();

/* How far a reader has come, from what is kept on this device (`kept.js`): `read/<page>` once the questions at its end were
   seen, `place` for the heading read last. It marks the lessons in the contents and in the list of lessons, and offers
   to go on; `courseQuestions` (`questions.js`) lists the questions of each page. */
(() => {
  "use strict";
  const asked = window.courseQuestions ?? {}, page = document.body.dataset.page;
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href).href;
  const pageOf = (link) => decodeURI(link.href.split("#")[0].slice(root.length)).replace(/\.html$/, "") || "index";

  /* "4/5" where questions were answered, a tick where a lesson was read, nothing for a lesson not begun. */
  function progressOf(name) {
    const answers = asked[name].map((question) => kept.get(`answer/${question}`)).filter(Boolean);
    const right = answers.filter((answer) => answer.right).length, read = kept.get(`read/${name}`);
    const told = [read && "read", answers.length && `${right} of ${asked[name].length} questions right`].filter(Boolean).join(", ");
    return { short: answers.length ? `${right}/${asked[name].length}` : read ? "✓" : "", told };
  }

  function mark(link, words, className) {
    let place = link.querySelector(":scope > .lesson-progress");
    if (!place) {
      place = Object.assign(document.createElement("span"), { className: "lesson-progress" });
      link.append(place);
    }
    place.textContent = words[className];
    if (className === "short") place.title = words.told;
    place.setAttribute("role", "img");
    if (words.told) place.setAttribute("aria-label", words.told); else place.remove();
  }

  const listed = $$(".bd-sidebar-primary nav a, .lesson-map a").filter((link) => asked[pageOf(link)]);

  function show() {
    for (const link of listed) mark(link, progressOf(pageOf(link)), link.closest(".lesson-map") ? "told" : "short");
    const start = document.querySelector(".course-start"), place = kept.get("place");
    const link = place && listed.find((one) => pageOf(one) === place.page);
    if (!start || !link) return;
    start.href = `${link.href.split("#")[0]}${place.id ? `#${place.id}` : ""}`;
    start.textContent = `Go on with ${[...link.childNodes].filter((one) => !one.className).map((one) => one.textContent).join("").trim()}`;
  }

  document.addEventListener("kept", show);
  show();
  if (!asked[page]) return;

  const bar = Object.assign(document.createElement("div"), { className: "reading-bar", ariaHidden: true });
  document.querySelector(".bd-header-article")?.append(bar);
  const end = $$("main .question").find((question) => !question.closest(".halfway"));
  const draw = () => {
    const way = end.getBoundingClientRect().top + scrollY - innerHeight;
    bar.style.transform = `scaleX(${Math.min(1, Math.max(0, scrollY / way))})`;
  };
  addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });

  /* A page that is only opened is not read: places are kept from the first heading that a reader passes. */
  const seen = new IntersectionObserver((entries) => {
    const found = entries.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => target).pop();
    if (!found || !scrollY) return;
    if (found === end && !kept.get(`read/${page}`)) kept.set(`read/${page}`, true);
    const id = found.closest("section[id]")?.id;
    if (kept.get("place")?.id !== id || kept.get("place")?.page !== page) kept.set("place", { page, id });
  }, { rootMargin: "0px 0px -50% 0px" });
  for (const place of $$("main :is(h2, h3)")) seen.observe(place);
  seen.observe(end);
})();

/* A page in front of a room: one section, figure or question at a time, in large type, by arrow keys or a clicker. Loaded
   with `present.css` when it is asked for, by the button or by `?present` in the address (`?present=50`: in 50 minutes).

   Nothing of the page is copied or moved. A slide is a list of the page's own elements; all others are marked `data-off`,
   which hides them on a screen. So charts stay live, paper has the whole page, and leaving takes the marks away.

   No letter opens or serves it: who dictates, or leans on a key, would set it off (WCAG 2.1.4). */
(() => {
  "use strict";
  const MINUTE = 60_000, TICK_MS = 1000, OVER_MINUTES = 30; // a clock that ended so long ago counted another class
  const SCROLL_SHARE = 0.8, SWIPE_PX = 60, LEAD_LETTERS = 40, LEAST_SCALE = 0.7, USUAL_PX = 16, READ_SHARE = 0.4;
  const HEADINGS = ":is(h1, h2, h3, h4, h5, h6)", LEFT_OUT = "#data-and-sources", FIGURE = "figure.explorer-figure";
  const FOLDS = "details:not(.python, .explorer-details, .course-downloads)";
  const page = document.documentElement, article = document.querySelector(".bd-article");
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const made = (tag, values = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), values);
    element.append(...children);
    return element;
  };
  const button = (words, act) => made("button", { type: "button", textContent: words, onclick: act });

  /* What a slide holds back: `more` is there to show, or something is `shown` that can be taken back. ------------------ */

  /* A guess that was made at the desk is not for the room: its chart is covered again, until the mode is left. */
  class Guess {
    constructor({ explorer }) {
      Object.assign(this, { explorer, asks: explorer.asks, before: explorer.asks.kept, wasCovered: explorer.asks.covered, said: explorer.asks.said.parentElement });
      if (!this.wasCovered) this.hide();
    }

    get more() { return this.asks.covered; }
    get shown() { return !this.asks.covered; }
    hide() { this.asks.cover(); }

    /* That nobody has guessed need not be said to a room that has called out its guesses. */
    show() {
      const { asks: { kept } } = this, guessed = kept && kept !== this.before;
      if (guessed) this.uncover(); else this.asks.open();
      this.said.toggleAttribute("data-off", !guessed);
    }

    uncover() {
      this.asks.take(this.asks.kept);
      this.explorer.rest();
    }

    leave() {
      this.said.removeAttribute("data-off");
      if (this.asks.kept) this.uncover();
      else if (this.wasCovered && this.shown) this.hide();
      else if (!this.wasCovered) this.asks.open();
    }
  }

  class Steps {
    constructor(walk) {
      this.steps = $$("li", walk);
      [this.back, this.on] = $$("button", walk);
    }

    get at() { return this.steps.findIndex((step) => "now" in step.dataset); }
    get more() { return this.at < this.steps.length - 1; }
    get shown() { return this.at > 0; }
    show() { this.on.click(); }
    hide() { this.back.click(); }
  }

  /* What the presenter once answered is not shown either; a check made in front of the room is. */
  class Question {
    constructor({ asked }) { Object.assign(this, { asked, shown: false }); }

    get more() { return !this.shown; }
    enter() { this.asked.tell(this.shown ? this.asked.right : undefined); }
    show() { this.shown = true; this.enter(); }
    hide() { this.shown = false; this.enter(); }
    leave() { this.asked.tell(undefined); this.asked.show(); }
  }

  class Fold {
    constructor(fold) { Object.assign(this, { fold, was: fold.open }); fold.open = false; }

    get more() { return !this.fold.open; }
    get shown() { return this.fold.open; }
    show() { this.fold.open = true; this.fold.scrollIntoView({ block: "nearest" }); }
    hide() { this.fold.open = false; }
    leave() { this.fold.open = this.was; }
  }

  const KINDS = [[".explorer[data-asks]", Guess], [".explorer-walk", Steps], ["form.question", Question], [FOLDS, Fold]];
  const parts = new Map();

  /* The parts within these elements, each made once: they outlive a new cut of the slides. */
  function partsOf(blocks) {
    return KINDS.flatMap(([selector, Kind]) => blocks.flatMap((block) => [block, ...$$(selector, block)])
      .filter((element) => element.matches(selector) && !element.closest(LEFT_OUT) && (Kind !== Guess || element.explorer?.asks))
      .map((element) => {
        if (!parts.has(element)) parts.set(element, new Kind(element));
        return parts.get(element);
      }));
  }

  /* From the page to slides. -------------------------------------------------------------------------------------------- */

  const sectionsOf = (parent) =>
    [...parent.children].filter((one) => one.matches("section")).flatMap((one) => [one, ...sectionsOf(one)]);
  const headingOf = (section) => section.querySelector(`:scope > ${HEADINGS}`);
  /* A list is cut between its items; not one with numbers, which would count anew. */
  const blocksOf = (section) =>
    [...section.children].flatMap((one) => (one.matches("section") ? [] : one.matches("ul") ? [...one.children] : [one]));
  const holds = (block, selector) => block.matches(selector) || block.querySelector(selector) !== null;
  /* A box has a slide of its own; only the first kind that fits counts. */
  const BLOCKS = [["figure", FIGURE], ["question", "form.question"], ["exercise", ".exercise"]];
  const kindOf = (block) =>
    BLOCKS.find(([, selector]) => holds(block, selector))?.[0] ?? (block.matches(".admonition, details") ? "box" : "text");
  const isLead = (block) => block.matches("p") && block.textContent.trim().length < LEAD_LETTERS;
  const wordsOf = (element) => {
    const copy = element.cloneNode(true);
    for (const one of $$(".headerlink, .hover-card", copy)) one.remove();
    return copy.textContent.trim().replace(/\s+/g, " ");
  };

  /* `place` has the slide's anchor, `head` is what it is called. */
  class Slide {
    constructor(kind, section, blocks) {
      const [first] = blocks;
      Object.assign(this, { kind, section, blocks, parts: partsOf(blocks) });
      this.place = { figure: first.querySelector(FIGURE), question: first.querySelector("legend"), exercise: first }[kind] ?? section;
      const heads = { figure: "figcaption > p", exercise: ".admonition-title" };
      this.head = kind === "question" ? this.place : kind in heads ? this.place.querySelector(heads[kind]) : first;
    }

    get id() { return this.place.id; }
    get title() { return this.kind === "question" ? wordsOf(this.head.querySelector("strong")).replace(/\.$/, "") : wordsOf(this.head); }
    has(element) { return this.blocks.some((one) => one.contains(element)); }
  }

  /* As many of these blocks as there is room for, and so on; a lead stays with what it leads to. All are laid out. */
  function packed(run, room) {
    const groups = [];
    for (const block of run) {
      const group = groups.at(-1), { bottom } = block.getBoundingClientRect();
      if (group && bottom - group[0].getBoundingClientRect().top <= room) { group.push(block); continue; }
      const leads = group && isLead(group.at(-1)) ? [group.pop()] : [];
      if (group?.length === 0) groups.pop();
      groups.push([...leads, block]);
    }
    return groups;
  }

  function slidesOf(section, room) {
    const heading = headingOf(section), slides = [];
    let run = [];
    const flush = () => {
      const height = heading?.getBoundingClientRect().height ?? 0;
      const kind = heading?.matches("h1") ? "title" : "text";
      for (const group of packed(run, room - height)) slides.push(new Slide(slides.length ? "text" : kind, section, heading ? [heading, ...group] : group));
      run = [];
    };
    for (const block of blocksOf(section)) {
      if (block === heading || !(block.offsetHeight || block.matches(".solution"))) continue;
      const kind = kindOf(block), ofTitle = kind === "box" && heading?.matches("h1") && !slides.length;
      if (block.matches(".solution") && slides.at(-1)?.kind === "exercise" && !run.length) {
        slides.push(new Slide("exercise", section, [...slides.pop().blocks, block]));
      } else if (kind === "text" || ofTitle) {
        run.push(block);
      } else {
        flush();
        slides.push(kind === "box" ? new Slide("text", section, heading ? [heading, block] : [block]) : new Slide(kind, section, [block]));
      }
    }
    flush();
    return slides.length || !heading ? slides : [new Slide("text", section, [heading])];
  }

  /* How much time is left: kept for the tab, so that a link of a plan to another figure of the page goes on counting. ----- */

  class Clock {
    constructor(minutes) {
      this.minutes = minutes;
      this.key = `present/${document.body.dataset.page}/${minutes}`;
      const kept = this.read();
      this.left = minutes * MINUTE;
      if (kept && kept.ends > Date.now() - OVER_MINUTES * MINUTE) this.ends = kept.ends;
      if (kept?.left) this.left = kept.left;
      this.begun = Boolean(this.ends || kept?.left);
    }

    read() { try { return JSON.parse(sessionStorage.getItem(this.key)); } catch { return null; } }

    keep() {
      const kept = JSON.stringify({ ends: this.ends, left: this.runs ? undefined : this.left });
      try { sessionStorage.setItem(this.key, kept); } catch { /* no store: it counts while the page is open */ }
    }

    get runs() { return this.ends !== undefined; }
    get remaining() { return this.runs ? this.ends - Date.now() : this.left; }

    /* Whole minutes, as a plan has them. */
    get words() {
      const minutes = Math.ceil(this.remaining / MINUTE);
      return minutes >= 0 ? `${minutes} of ${this.minutes} minutes left` : `${-minutes} minutes over`;
    }

    /* Whoever opens the page before class loses no time: it counts from the first step on. */
    begin() { if (!this.begun) this.toggle(); }

    toggle() {
      this.begun = true;
      if (this.runs) Object.assign(this, { left: this.remaining, ends: undefined }); else this.ends = Date.now() + this.left;
      this.keep();
    }

    reset() {
      Object.assign(this, { left: this.minutes * MINUTE, ends: undefined, begun: false });
      this.keep();
    }
  }

  /* What the plan behind the link has, else what the lesson's box says. */
  function minutesPlanned() {
    const planned = parseInt(new URLSearchParams(location.search).get("present"), 10);
    return planned || parseInt(article.querySelector(".lesson")?.textContent.match(/(\d+) minutes/)?.[1], 10) || undefined;
  }

  /* The line at the foot of the window. ----------------------------------------------------------------------------------- */

  class Bar {
    constructor(show, minutes) {
      this.clock = minutes ? new Clock(minutes) : undefined;
      this.title = made("p", { className: "present-page", textContent: wordsOf(article.querySelector("h1")) });
      this.place = made("summary");
      this.list = made("ol");
      this.stops = made("details", { className: "present-stops" }, this.place, this.list);
      this.stops.addEventListener("toggle", () => { if (this.stops.open) this.fill(show); });
      this.time = made("p", { className: "present-time" });
      this.pause = button("", () => { this.clock.toggle(); this.tick(); });
      const clock = made("div", { className: "present-clock" }, this.time, this.pause, button("Reset", () => { this.clock.reset(); this.tick(); }));
      const full = button("Full screen", () => (document.fullscreenElement ? document.exitFullscreen() : page.requestFullscreen()));
      full.className = "present-full";
      this.back = button("Back", () => show.back());
      this.on = button("Next", () => show.forward());
      this.element = made("section", { className: "present-bar", ariaLabel: "Presentation" }, this.title,
        made("div", { className: "present-way" }, this.back, this.stops, this.on), ...(this.clock ? [clock] : []),
        ...(document.fullscreenEnabled ? [full] : []), button("Leave", () => show.leave()));
      document.body.append(this.element);
      this.ticking = setInterval(() => this.tick(), TICK_MS);
      this.tick();
    }

    /* The titles as they are now: one that would tell what a guess asks for is not there yet. */
    fill(show) {
      const isStop = (slide, i) => !show.slides.slice(0, i).some((other) => other.place === slide.place);
      this.list.replaceChildren(...show.slides.map((slide, i) => isStop(slide, i) && made("li", {},
        Object.assign(button(slide.title, () => { this.stops.open = false; show.go(i); }), { ariaCurrent: slide.place === show.slide.place ? "step" : null }))).filter(Boolean));
      this.list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    }

    write(at, all) { this.place.textContent = `${at + 1} of ${all}`; this.place.setAttribute("aria-label", `Slide ${at + 1} of ${all}: list of slides`); }

    tick() {
      if (!this.clock) return;
      const { words, runs } = this.clock;
      if (this.time.textContent !== words) this.time.textContent = words;
      const act = runs ? "Pause" : "Start";
      if (this.pause.textContent === act) return;
      this.pause.textContent = act;
      this.pause.setAttribute("aria-label", `${act} the clock`);
    }

    leave() {
      clearInterval(this.ticking);
      this.element.remove();
    }
  }

  /* The mode itself. --------------------------------------------------------------------------------------------------------- */

  const FORWARD = ["ArrowRight", "PageDown"], BACK = ["ArrowLeft", "PageUp"];
  const TYPED = "select, textarea, input:not([type=checkbox])", PRESSED = `${TYPED}, input, button, summary, a[href], label`;

  class Show {
    constructor() {
      this.start = this.beingRead();
      this.named = location.search.slice(1).split("&").find((one) => /^present\b/.test(one)) ?? "present";
      page.dataset.presenting = "text";
      article.setAttribute("role", "region");
      article.setAttribute("aria-roledescription", "slide");
      this.setAside();
      this.bar = new Bar(this, minutesPlanned());
      this.cut();
      this.stopped = new AbortController();
      const listen = (target, name, act, capture = false) => target.addEventListener(name, act, { capture, signal: this.stopped.signal });
      listen(window, "keydown", (event) => this.key(event), true);
      listen(window, "hashchange", () => this.follow());
      listen(window, "resize", () => this.recut());
      listen(document, "click", (event) => this.click(event), true);
      listen(article, "touchstart", (event) => this.touch(event));
      listen(article, "touchend", (event) => this.swipe(event));
      const named = this.slideOf(location.hash);
      this.go(named >= 0 ? named : Math.max(0, this.slides.findIndex((one) => one.has(this.start))));
    }

    get slide() { return this.slides[this.at]; }

    /* The block near the top of the window, none at the top of the page. */
    beingRead() {
      if (!scrollY) return undefined;
      return sectionsOf(article).flatMap(blocksOf).findLast((one) => one.offsetHeight && one.getBoundingClientRect().top < innerHeight * READ_SHARE);
    }

    /* Everything around the article but dialogs, which open above it. */
    setAside() {
      this.aside = [];
      for (let inner = article; inner !== document.body; inner = inner.parentElement) {
        this.aside.push(...[...inner.parentElement.children].filter((one) => one !== inner && !one.matches("dialog, script")));
      }
      this.aside.forEach((one) => one.toggleAttribute("data-off", true));
    }

    /* Laid out whole, so that heights are known. */
    cut() {
      const sections = sectionsOf(article).filter((one) => !one.closest(LEFT_OUT));
      for (const one of $$(LEFT_OUT, article)) one.toggleAttribute("data-off", true);
      this.blocks = sections.flatMap(blocksOf);
      this.blocks.forEach((one) => one.toggleAttribute("data-off", false));
      const { paddingTop, paddingBottom } = getComputedStyle(article);
      const room = article.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom);
      this.slides = sections.flatMap((section) => slidesOf(section, room));
    }

    recut() {
      const last = this.slide.blocks.at(-1);
      page.dataset.presenting = "text";
      this.cut();
      this.go(this.slides.findIndex((one) => one.has(last)), false);
    }

    slideOf(hash) {
      const name = decodeURIComponent(hash.slice(1).split("?")[0]), target = name && document.getElementById(name);
      if (!target || !article.contains(target)) return -1;
      const holding = this.slides.findIndex((one) => one.has(target));
      return holding >= 0 ? holding : this.slides.findIndex((one) => target.contains(one.blocks[0]));
    }

    go(at, focus = true) {
      this.at = Math.max(0, Math.min(at, this.slides.length - 1));
      const { slide } = this;
      page.dataset.presenting = slide.kind;
      this.blocks.forEach((one) => one.toggleAttribute("data-off", !slide.blocks.includes(one)));
      article.scrollTop = 0;
      article.setAttribute("aria-label", `Slide ${this.at + 1} of ${this.slides.length}`);
      slide.parts.forEach((part) => part.enter?.());
      this.fit();
      this.bar.write(this.at, this.slides.length);
      this.bar.back.setAttribute("aria-disabled", this.at === 0);
      this.write();
      if (focus) this.focus();
    }

    /* A tall chart, which would become too small to read from the last row, scrolls in its frame. Text that is too much for the window is set smaller. */
    fit() {
      page.style.setProperty("--present-scale", LEAST_SCALE * parseFloat(getComputedStyle(page).fontSize) / USUAL_PX);
      for (const name of ["data-flat", "data-dense"]) page.removeAttribute(name);
      const chart = this.slide.blocks[0].querySelector(".explorer-chart");
      if (chart) this.fitChart(chart);
      page.toggleAttribute("data-dense", this.slide.kind !== "figure" && article.scrollHeight > article.clientHeight);
    }

    /* Below its controls or beside them: where it becomes larger. */
    fitChart(chart) {
      const { width, height } = chart.querySelector("svg").viewBox.baseVal;
      page.style.setProperty("--present-ratio", `${width} / ${height}`);
      const scale = () => Math.min(chart.clientWidth / width, chart.clientHeight / height);
      const beside = scale();
      page.toggleAttribute("data-flat", true);
      page.toggleAttribute("data-flat", scale() > beside && article.scrollHeight <= article.clientHeight);
      const { explorer } = chart.closest("[data-explorer]");
      if (explorer) explorer.enlarged = Math.max(1, scale()); // its pictures are as sharp as its letters
    }

    /* What the slide is called is read out. */
    focus() {
      this.head?.removeAttribute("tabindex");
      this.head = this.slide.head;
      this.head.tabIndex = -1;
      this.head.focus({ preventScroll: true });
    }

    /* The address leads back to the slide; a state of its chart that stands there already stays. */
    write(presenting = true) {
      const others = location.search.slice(1).split("&").filter((one) => one && !/^present\b/.test(one));
      const query = [...others, ...(presenting ? [this.named] : [])].join("&"), { id } = this.slide;
      const hash = location.hash.slice(1).split("?")[0] === id ? location.hash : id && `#${id}`;
      try { history.replaceState(history.state, "", `${location.pathname}${query && "?"}${query}${hash}`); } catch { /* the page may have no address of its own */ }
    }

    follow() {
      const at = this.slideOf(location.hash);
      if (at >= 0) this.go(at);
    }

    forward() {
      this.bar.clock?.begin();
      this.bar.tick();
      const part = this.slide.parts.find(({ more }) => more);
      if (part) part.show();
      else if (this.slide.kind !== "figure" && this.scroll(1)) return;
      else if (this.at < this.slides.length - 1) this.go(this.at + 1);
      this.fitAgain();
    }

    back() {
      const part = this.slide.parts.findLast(({ shown }) => shown);
      if (part) part.hide();
      else if (this.slide.kind !== "figure" && this.scroll(-1)) return;
      else if (this.at) this.go(this.at - 1);
      this.fitAgain();
    }

    /* An answer or a solution takes room. */
    fitAgain() { if (this.slide.kind !== "figure" && article.scrollHeight > article.clientHeight) page.toggleAttribute("data-dense", true); }

    /* Whether there was more of the slide above or below. */
    scroll(way) {
      const before = article.scrollTop;
      article.scrollTop += way * article.clientHeight * SCROLL_SHARE;
      return Math.abs(article.scrollTop - before) > 1;
    }

    /* Before the page's own keys: in a chart's steps the arrows would end at the last step. Arrows stay with a slider or a
       field that has the focus; page keys do not, as a clicker sends them wherever the pointer was last. */
    key(event) {
      const { key, target, shiftKey } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      const act = this.actOf(key, target, shiftKey);
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    }

    actOf(key, target, shiftKey) {
      const typed = target.matches?.(TYPED), pages = key.startsWith("Page") && !target.matches?.("select, textarea");
      if (key === "Escape") return this.isOpen() ? undefined : () => this.leave();
      if (typed && !pages) return undefined;
      if (FORWARD.includes(key)) return () => this.forward();
      if (BACK.includes(key)) return () => this.back();
      if ((key === " " || key === "Enter") && !target.closest?.(PRESSED)) return () => (shiftKey ? this.back() : this.forward());
      if (key === "Home") return () => this.go(0);
      if (key === "End") return () => this.go(this.slides.length - 1);
      if (key === "ArrowDown" || key === "ArrowUp") return () => this.nudge(key === "ArrowDown" ? 1 : -1);
      return undefined;
    }

    /* A tall chart scrolls in its own frame. */
    nudge(way) {
      const box = this.slide.blocks[0].querySelector(".explorer-chart");
      const scrolled = box && box.scrollHeight > box.clientHeight ? box : article;
      scrolled.scrollTop += way * scrolled.clientHeight * (1 - SCROLL_SHARE);
    }

    /* Escape closes what is open first: the list of slides here, a card by its own script. */
    isOpen() {
      const { stops } = this.bar;
      if (stops.open) { stops.open = false; this.bar.place.focus(); return true; }
      return Boolean(article.querySelector(".carded:is(:hover, :focus-within):not([data-closed])"));
    }

    /* A link to a place on this page leads to its slide, and one to a state of a chart sets the chart: by the address, as
       the chart is not beside its sentence here. */
    click(event) {
      const { stops } = this.bar;
      if (stops.open && !stops.contains(event.target)) stops.open = false;
      const link = event.target.closest?.("a[href]");
      if (!link?.hash || link.pathname !== location.pathname || link.closest("dialog") || this.slideOf(link.hash) < 0) return;
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      if (location.hash === link.hash) this.follow(); else location.hash = link.hash;
    }

    touch({ touches, target }) {
      const own = target.closest("input, select, .explorer-chart, .pst-scrollable-table-container");
      this.touched = touches.length === 1 && !own ? { x: touches[0].clientX, y: touches[0].clientY } : undefined;
    }

    swipe({ changedTouches: [{ clientX, clientY }] }) {
      if (!this.touched) return;
      const x = clientX - this.touched.x, y = clientY - this.touched.y;
      if (Math.abs(x) < SWIPE_PX || Math.abs(x) < 2 * Math.abs(y)) return;
      if (x < 0) this.forward(); else this.back();
    }

    /* To the place on the page where the slide was. */
    leave() {
      this.stopped.abort();
      this.bar.leave();
      [...this.aside, ...this.blocks, ...$$(LEFT_OUT, article)].forEach((one) => one.removeAttribute("data-off"));
      for (const name of ["data-presenting", "data-flat", "data-dense"]) page.removeAttribute(name);
      for (const name of ["--present-scale", "--present-ratio"]) page.style.removeProperty(name);
      for (const name of ["role", "aria-roledescription", "aria-label"]) article.removeAttribute(name);
      for (const root of $$("[data-explorer]", article)) delete root.explorer?.enlarged;
      for (const part of parts.values()) part.leave?.();
      parts.clear();
      this.write(false);
      if (document.fullscreenElement) document.exitFullscreen();
      this.standAt(this.slide);
      window.presenting = undefined;
    }

    /* Where a section was cut, its heading may stand far above. */
    standAt({ blocks, kind, head, section }) {
      const goesOn = kind === "text" && blocks.length > 1 && this.slides[this.at - 1]?.section === section;
      const place = goesOn ? blocks[1] : head;
      (goesOn ? place : blocks[0]).scrollIntoView();
      this.head.removeAttribute("tabindex");
      place.tabIndex = -1;
      place.focus({ preventScroll: true });
      place.addEventListener("blur", () => place.removeAttribute("tabindex"), { once: true });
    }
  }

  window.present = () => { window.presenting ??= new Show(); };
})();

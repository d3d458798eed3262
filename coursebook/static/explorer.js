/* Makes the book's figures answer their controls: no kernel, no network, also from a local copy.

   The chart is already on the page as SVG. When a reader nears or touches a figure, a worker is started that draws
   charts (`explorer/worker.js`), so the page itself stays free to answer. While a control moves, the chart is a
   picture from that worker; when it has come to rest, it is SVG again: letters that can be found, read and printed.
   A classic script, because module scripts and fetch() do not run from file://. */
(() => {
  "use strict";

  const [WORKER, SENTENCE, SHARE, COMPARE] = ["chart-worker.js", "sentence.js", "share.js", "compare.js"].map((name) => new URL(name, document.currentScript.src).href);
  const CHARTS = new URL("charts/", document.currentScript.src).href;
  const PHONE = matchMedia("(max-width: 640px)");
  const STILL = matchMedia("(prefers-reduced-motion: reduce)");
  const STEP_MS = 500;
  const REST_MS = 400;
  const LATE_MS = 1000; // after which a reader is told that the chart is still to come
  const NEAR_PX = { mouse: 2, touch: 14 }; // a finger hits less surely
  const explorers = [];
  const dark = () => document.documentElement.dataset.theme === "dark";

  const loaded = new Map();
  function load(address) {
    if (!loaded.has(address)) loaded.set(address, new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement("script"), { src: address, onload: resolve });
      script.onerror = () => { loaded.delete(address); reject(new Error("The chart library did not load: " + address)); };
      document.head.append(script);
    }));
    return loaded.get(address);
  }

  /* What a chart is drawn from and its titles, a script of its own, as only charts that a reader nears need it. */
  async function details(script) {
    await load(CHARTS + script);
    return window.chartDetails[script.split(".")[0]];
  }

  /* The worker. Each request gets a number, by which its answer is known. */
  class Painter {
    constructor() { this.awaited = new Map(); this.asked = 0; }

    get ready() {
      return (this.starting ??= this.start().catch((fault) => { this.starting = undefined; throw fault; }));
    }

    async ask(request) {
      const worker = await this.ready;
      const id = this.asked++, answer = new Promise((...ends) => this.awaited.set(id, ends));
      worker.postMessage({ id, ...request });
      return answer;
    }

    async start() {
      await load(WORKER);
      loaded.delete(WORKER); // its program is used up
      const program = URL.createObjectURL(new Blob([window.chartWorker], { type: "text/javascript" }));
      const worker = new Worker(program);
      delete window.chartWorker;
      worker.onmessage = ({ data: { id, fault, ...answer } }) => {
        URL.revokeObjectURL(program);
        const [answered, failed] = this.awaited.get(id);
        this.awaited.delete(id);
        if (fault) failed(new Error(fault)); else answered(answer);
      };
      /* The next move starts another worker, to which each chart brings its specification again. */
      worker.onerror = ({ message }) => {
        this.starting = undefined;
        explorers.forEach((explorer) => { explorer.awake = false; });
        this.awaited.forEach(([, failed]) => failed(new Error(message)));
        this.awaited.clear();
      };
      return worker;
    }
  }

  const painter = new Painter();

  /* One control of one figure: what the form shows, as indices into the list of values. */
  class Control {
    constructor(element, description) {
      const { label, slugs = description.values.map(String), ...rest } = description;
      Object.assign(this, rest, { element, slugs, text: label });
      this.presets = element.querySelector(".explorer-presets");
      this.inputs = [...element.querySelectorAll("input, select:not(.explorer-presets)")];
      this.outputs = [...element.querySelectorAll("output")];
      this.steps = [...element.querySelectorAll(".explorer-step")];
    }

    get state() {
      if (this.kind === "range") {
        return this.inputs.map((input) => +input.value);
      }
      if (this.kind === "checkbox") return this.inputs[0].checked;
      if (this.kind === "checkboxes") return this.inputs.filter((i) => i.checked).map((i) => +i.value);
      if (this.kind === "radio") return +this.inputs.find((input) => input.checked).value;
      return +this.inputs[0].value;
    }

    set state(state) {
      if (this.kind === "range") this.inputs.forEach((input, i) => { input.value = state[i]; });
      else if (this.kind === "checkbox") this.inputs[0].checked = state;
      else if (this.kind === "checkboxes") this.inputs.forEach((i) => { i.checked = state.includes(+i.value); });
      else if (this.kind === "radio") this.inputs.forEach((i) => { i.checked = +i.value === state; });
      else this.inputs[0].value = state;
      this.label();
    }

    get value() {
      if (this.kind === "checkbox") return this.state;
      return Array.isArray(this.state) ? this.state.map((i) => this.values[i]) : this.values[this.state];
    }

    get words() {
      if (this.kind === "checkbox") return this.state ? "yes" : "no";
      return [this.state].flat().map((i) => this.labels[i]).join(this.kind === "range" ? " to " : ", ") || "none";
    }

    /* The state's name in an address, as `figures/states.py` writes it. */
    slugOf(state) {
      if (this.kind === "checkbox") return state ? "yes" : "no";
      return [state].flat().map((i) => this.slugs[i]).join(this.kind === "range" ? ".." : ",") || "none";
    }

    /* The state of that name; undefined if there is none. */
    stateOf(slug) {
      if (this.kind === "checkbox") return { yes: true, no: false }[slug];
      if (this.kind === "checkboxes" && slug === "none") return [];
      const state = slug.split({ range: "..", checkboxes: "," }[this.kind]).map((one) => this.slugs.indexOf(one));
      if (state.includes(-1) || (this.kind === "range" && !(state.length === 2 && state[0] <= state[1]))) return undefined;
      return Array.isArray(this.default) ? state : state[0];
    }

    /* Of how many states it is in which, as `figures/states.py` counts them. */
    get counted() {
      const { kind, state, values: { length } } = this;
      if (kind === "checkbox") return [2, +state];
      if (kind === "range") return [length ** 2, length * state[0] + state[1]];
      if (kind === "checkboxes") return [2 ** length, state.reduce((sum, i) => sum + 2 ** i, 0)];
      return [length, state];
    }

    get changed() { return this.slugOf(this.state) !== this.slugOf(this.default); }

    /* The ends of a range do not pass one another: the one that is moved stops at the other. */
    keepOrder(moved) {
      if (this.kind !== "range") return;
      const [from, to] = this.inputs;
      if (+from.value > +to.value) moved.value = (moved === from ? to : from).value;
    }

    /* The words beside a slider, what a screen reader says of its position, and its menu of values with a name. */
    label() {
      this.outputs.forEach((output, i) => {
        const label = this.labels[+this.inputs[i].value];
        output.textContent = label;
        this.inputs[i].setAttribute("aria-valuetext", label);
      });
      for (const step of this.steps) step.setAttribute("aria-disabled", !(this.state + +step.value in this.values));
      if (!this.presets) return;
      this.presets.value = this.state;
      if (this.presets.selectedIndex < 0) this.presets.selectedIndex = 0;
    }
  }

  class Explorer {
    constructor(root) {
      this.root = Object.assign(root, { explorer: this });
      this.name = root.dataset.explorer;
      this.figure = root.closest("figure") ?? root;
      this.status = root.querySelector(".explorer-status");
      this.chart = root.querySelector(".explorer-chart");
      this.canvas = document.createElement("canvas");
      this.hints = [];
      const form = JSON.parse(root.querySelector(".explorer-form").textContent);
      this.controls = form.controls.map((description) =>
        new Control(root.querySelector(`[data-control="${description.name}"]`), description));
      this.keeps = this.controls.find(({ name }) => name === form.keep);
      root.querySelector(".explorer-controls").addEventListener("submit", (event) => event.preventDefault());
      this.resetting = root.querySelector(".explorer-reset");
      this.resetting.addEventListener("click", () => this.reset());
      for (const control of this.controls) {
        control.element.addEventListener("input", ({ target }) => {
          if (target === control.presets) control.state = target.value;
          control.keepOrder(target);
          this.moved(control);
        });
        for (const step of control.steps) step.addEventListener("click", () => this.step(control, +step.value));
      }
      this.chart.addEventListener("pointermove", (event) => { this.chart.title = this.wordsAt(event); });
      this.chart.addEventListener("click", (event) => this.note(event));
      const play = root.querySelector(".explorer-play");
      if (play) this.player = new Player(play, this.controls.find((c) => c.name === form.play), this, form.play_from);
      if (window.walkThrough && root.querySelector(".explorer-walk")) window.walkThrough(this);
      root.querySelector(".explorer-compare")?.addEventListener("click", () => this.compare());
      if (window.askReader && "asks" in root.dataset) this.asks = window.askReader(this, Control);
    }

    /* The name of the figure's state: what is not as it was when the page opened. */
    get query() {
      return this.controls.filter((c) => c.changed).map((c) => `${c.name}=${c.slugOf(c.state)}`).join("&");
    }

    get address() { return `#${this.name}${this.query && "?"}${this.query}`; }

    /* Takes on the state of that name, or how the figure opened if it has no such state, and says which. */
    go(query) {
      const wanted = new Map(), marks = [];
      let exists = true;
      for (const [name, slug] of new URLSearchParams(query)) {
        if (name === "mark") { marks.push(...slug.split(",")); continue; }
        const control = this.controls.find((one) => one.name === name), state = control?.stateOf(slug);
        if (state === undefined) exists = false; else wanted.set(control, state);
      }
      for (const control of this.controls) {
        const state = exists && wanted.has(control) ? wanted.get(control) : control.default;
        if (control.slugOf(state) === control.slugOf(control.state)) continue;
        control.state = state;
        this.change(control);
      }
      this.marks = marks;
      this.shows = `${this.number}: ${[...wanted.keys()].map((c) => `${c.text}: ${c.words}`).join(", ") || "as it opens"}`;
      this.news = exists ? `${this.shows.replace(":", " now shows:")}.` : `This chart has no state “${query}”. It is shown as it opens.`;
      this.missing = !exists;
      this.last ??= this.controls[0];
      clearTimeout(this.resting);
      this.rest();
    }

    /* As a phone has it: on a phone, and beside another state. */
    get slim() { return PHONE.matches || Boolean(this.root.closest(".explorer-pair")); }

    async compare() {
      await load(COMPARE);
      window.compareStates(this, explorers, (root) => { seeing.observe(root); return new Explorer(root); });
    }

    get number() { return this.figure.querySelector(".caption-number")?.textContent.trim() || "The chart"; }

    /* A reader has moved a control: the page's address follows when it has come to rest. */
    moved(control) {
      this.change(control);
      if (control === this.keeps) window.kept?.set(`pick/${this.name}`, control.changed ? control.slugOf(control.state) : undefined);
      clearTimeout(keeping);
      if (!this.played) keeping = setTimeout(() => keep(this.address), REST_MS);
    }

    step(control, by) {
      if (!(control.state + by in control.values)) return;
      control.state += by;
      this.moved(control);
    }

    /* Whoever pressed the button, which goes, stands at the first control. */
    reset() {
      this.player?.end();
      for (const control of this.controls.filter((one) => one.changed)) {
        control.state = control.default;
        this.moved(control);
      }
      this.controls[0].inputs[0].focus();
    }

    change(control) {
      control.label();
      this.notes?.remove();
      for (const other of explorers) {
        for (const twin of other.controls) {
          if (twin.shared !== control.shared) continue;
          if (twin !== control) twin.state = control.state;
          Object.assign(other, { last: twin, news: undefined, marks: undefined });
          other.resetting.toggleAttribute("data-needed", other.controls.some((one) => one.changed));
          if (other === this) other.follow(true);
          else if (other.awake) other.follow(onScreen.has(other.root));
        }
      }
    }

    /* A chart out of sight, which shares the control of another one, may wait until that has come to rest. */
    follow(seen) {
      if (seen) this.draw();
      clearTimeout(this.resting);
      if (!this.played) this.resting = setTimeout(() => this.rest(), REST_MS);
    }

    /* Whether Play steps a control of this figure, its own or one it shares. */
    get played() {
      return explorers.some(({ player }) =>
        player?.playing && this.controls.some(({ shared }) => shared === player.control.shared));
    }

    rest() { this.draw({ still: true }); }

    /* Of the moves made while an answer is awaited, only the last counts. */
    draw(how = {}) {
      this.wanted = how;
      if (this.drawing) return;
      this.waitFor();
      this.drawing = this.drawWanted().finally(() => { this.arrived(); this.drawing = undefined; });
    }

    /* On a slow line a reader has moved a control, and what draws the chart is not here yet. */
    waitFor() { this.late = setTimeout(() => (this.last ? this.wait() : this.waitFor()), LATE_MS); }

    wait() {
      this.chart.setAttribute("aria-busy", "true");
      this.say("The chart is loading, and shows an earlier state until then.");
      this.status.dataset.fault = "";
    }

    get waiting() { return this.chart.hasAttribute("aria-busy"); }

    arrived() {
      clearTimeout(this.late);
      if (!this.waiting) return;
      this.chart.removeAttribute("aria-busy");
      delete this.status.dataset.fault;
    }

    async drawWanted() {
      try {
        while (this.wanted) {
          const how = this.wanted;
          this.wanted = undefined;
          const answer = await painter.ask(await this.request(how));
          if (answer.picture || !this.wanted) this.show(answer);
        }
      } catch (fault) {
        this.awake = false;
        this.arrived();
        this.chart.removeAttribute("data-moving");
        this.say("The controls could not start: the chart stays as it is, the table is whole. Move a control to try again.");
        this.status.dataset.fault = "";
        console.error(fault);
      }
    }

    /* The first request brings the chart's specification along. */
    async request(how) {
      let spec;
      if (!this.awake) {
        [{ titles: this.titles, ...spec }] = await Promise.all([details(this.root.dataset.chart), painter.ready]);
        this.awake = true;
      }
      const values = Object.fromEntries(this.controls.map(({ name, value }) => [name, value]));
      if (this.asks) values.guess = this.asks.guess;
      return { name: this.name, spec, values, narrow: this.slim, dark: dark(), scale: devicePixelRatio * (this.enlarged ?? 1), ...how };
    }

    get container() {
      return this.chart.querySelector(this.slim ? ".explorer-narrow" : ".explorer-wide");
    }

    show({ picture, svg, line, hints = [] }) {
      this.arrived();
      this.hints = hints;
      const blank = !this.container.querySelector("svg").childElementCount; // a figure to embed has one picture
      if (picture) this.paint(picture); else if (this.last || blank || this.asks) this.settle(svg, line);
      this.chart.toggleAttribute("data-moving", Boolean(picture));
      if (this.last || blank) this.chart.dataset.moved = this.slim ? "narrow" : "wide";
      this.root.dataset.explorerReady = "";
    }

    paint(picture) {
      const { canvas, container } = this;
      if (canvas.width !== picture.width) canvas.width = picture.width;
      if (canvas.height !== picture.height) canvas.height = picture.height;
      canvas.style.width = `${picture.width / devicePixelRatio}px`;
      canvas.getContext("bitmaprenderer").transferFromImageBitmap(picture);
      if (canvas.parentNode !== container) container.append(canvas);
    }

    /* A control has come to rest: the chart's own status line says where ("July 2016: 34 stations"), after the news
       of a title that is another now, or of a state that was asked for. */
    settle(svg, line) {
      this.container.querySelector("svg").replaceWith(drawing(svg, this.hints, this.marks));
      if (!this.last) return;
      this.news = [this.news, this.retitle()].filter(Boolean).join(" ");
      this.say([this.news, line || `${this.last.text}: ${this.last.words}`].filter(Boolean).join(" "));
      if (this.missing) this.status.dataset.fault = "";
      this.missing = false;
    }

    /* The title of the state, where titles follow the state; what it is now, if it was another. */
    retitle() {
      if (!this.titles) return undefined;
      const { by, sentences, of } = this.titles;
      const place = by.reduce((at, name) => {
        const [number, place] = this.controls.find((one) => one.name === name).counted;
        return number * at + place;
      }, 0);
      const title = sentences[of ? of[place] : place];
      if (title === this.chart.getAttribute("aria-label")) return undefined;
      this.chart.setAttribute("aria-label", title);
      if (this.asks?.covered) return undefined;
      this.figure.querySelector(".caption-text").textContent = title;
      return title;
    }

    /* The same words written anew would be read out again. */
    say(words) {
      delete this.status.dataset.fault;
      if (this.status.textContent !== words) this.status.textContent = words;
    }

    /* What the mark under the pointer says. */
    wordsAt({ clientX, clientY, pointerType }) {
      const svg = this.container.querySelector("svg"), place = svg.getBoundingClientRect();
      const [width, height] = [svg.width, svg.height].map(({ baseVal }) => baseVal.value);
      const scale = Math.max(width / place.width, height / place.height); // its frame may have another shape
      const x = (clientX - place.left - place.width / 2) * scale + width / 2, y = (clientY - place.top - place.height / 2) * scale + height / 2;
      const away = ({ box: [left, top, right, bottom] }) =>
        Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
      const least = Math.min(...this.hints.map(away));
      if (least > (NEAR_PX[pointerType] ?? NEAR_PX.mouse)) return "";
      return says(this.hints.findLast((hint) => away(hint) === least)); // the last lies above
    }

    /* A finger has no tooltips: what a tapped mark says stands in a box over the chart until the next tap or move. It
       stays within the window, at that end of the chart at which the mark is not. */
    note(event) {
      if (!this.noted) {
        this.noted = Object.assign(document.createElement("p"), { className: "explorer-note", role: "status" });
        this.notes = Object.assign(document.createElement("div"), { className: "explorer-notes" });
        this.notes.append(this.noted);
      }
      this.noted.textContent = this.wordsAt(event);
      const { top, bottom } = this.chart.getBoundingClientRect();
      this.notes.toggleAttribute("data-above", event.clientY > (Math.max(0, top) + Math.min(innerHeight, bottom)) / 2);
      this.chart.append(this.notes);
    }
  }

  /* Steps a slider on; with reduced motion asked for, each press is one step. */
  class Player {
    constructor(button, control, explorer, start = 0) {
      Object.assign(this, { button, control, explorer, start, begun: false });
      button.addEventListener("click", () => this.press());
      this.pace = explorer.root.querySelector(".explorer-speed");
      this.pace.addEventListener("click", () => this.hurry());
      this.write();
      STILL.addEventListener("change", () => (this.playing ? this.stop() : this.write()));
    }

    get playing() { return this.timer !== undefined; }

    /* The story is told from its start, unless a reader has chosen a place in it. */
    press() {
      if (this.playing) { this.stop(); return; }
      if (!STILL.matches) this.run();
      const untouched = !this.begun && !this.control.changed, ended = this.control.state === this.control.values.length - 1;
      if (untouched || ended) this.control.state = untouched ? this.start : 0; else this.step();
      this.begun = true;
      this.explorer.moved(this.control);
      this.write();
    }

    hurry() {
      const speed = { 0.5: 1, 1: 2, 2: 0.5 }[this.pace.value];
      this.pace.value = speed;
      this.pace.textContent = `${speed}×`;
      this.pace.setAttribute("aria-label", `Speed of Play: ${speed}×`);
      if (this.playing) this.run();
    }

    run() {
      clearInterval(this.timer);
      this.timer = setInterval(() => this.explorer.waiting || (this.step() ? this.explorer.moved(this.control) : this.stop()), STEP_MS / this.pace.value);
    }

    step() {
      if (this.control.state >= this.control.values.length - 1) return false;
      this.control.state += 1;
      return true;
    }

    end() {
      if (this.playing) this.stop();
      this.begun = false;
    }

    stop() {
      clearInterval(this.timer);
      this.timer = undefined;
      this.write();
      this.explorer.moved(this.control);
    }

    write() {
      const [sign, word] = this.playing ? ["❚❚", "Pause"] : STILL.matches ? ["▶", "Step"] : ["▶", "Play"];
      this.button.innerHTML = `<span aria-hidden="true">${sign}</span> ${word}`;
      this.button.setAttribute("aria-label", `${word}: step through ${this.control.text}`);
    }
  }

  /* The chart from its text, with rings around the marks that a sentence speaks of: those whose tooltip has its words. */
  function drawing(text, hints, marks = []) {
    const piece = document.createRange().createContextualFragment(text), svg = piece.querySelector("svg");
    for (const hint of hints) {
      const said = slug(says(hint)), [left, top, right, bottom] = hint.box;
      if (!marks.some((mark) => said.includes(mark))) continue;
      const ring = document.createElementNS(svg.namespaceURI, "rect");
      const place = { x: left - 4, y: top - 4, width: right - left + 8, height: bottom - top + 8, rx: 6, class: "explorer-ring" };
      for (const [name, value] of Object.entries(place)) ring.setAttribute(name, value);
      svg.append(ring);
    }
    return piece;
  }

  /* What a mark says: its tooltip is a text, or values by their names. */
  const says = ({ tooltip }) => (typeof tooltip === "object" ? rowOf(tooltip).map((pair) => pair.join(": ")).join("\n") : `${tooltip}`);
  const rowOf = (tooltip) => Object.entries(tooltip).filter(([, value]) => value !== null && value !== "");
  const slug = (words) => words.normalize("NFKD").replace(/[\u0300-\u036f'’]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-");

  /* The page's address names the state of the figure that was moved last. Beside it the browser keeps those of all
     figures, with the page's place in its history: reload and Back find them. */
  let keeping;
  function keep(address, how = "replaceState") {
    clearTimeout(keeping);
    const figures = Object.fromEntries(explorers.map(({ name, query }) => [name, query]));
    try { history[how]({ figures }, "", address); } catch { /* a page inside another may have no address of its own */ }
  }

  function followAddress() {
    const kept = readHistory()?.figures;
    if (kept) {
      for (const explorer of explorers.filter(({ name, query }) => query !== (kept[name] ?? ""))) {
        explorer.go(kept[explorer.name] ?? "");
        explorer.news = undefined;
      }
      return;
    }
    const [name, query] = location.hash.slice(1).split("?"), explorer = explorers.find((one) => one.name === name);
    if (!explorer || query === undefined) return;
    explorer.asks?.open();
    explorer.go(query);
    if (!document.querySelector(".embed-home")) goTo(explorer); // a figure alone leaves the page around it in its place
    keep(location.hash);
  }

  /* What a reader picked when here before, in figures of which neither address nor history names a state. */
  function takeUpPicks() {
    if (readHistory()?.figures) return;
    for (const explorer of explorers.filter(({ name, keeps }) => keeps && !location.hash.startsWith(`#${name}?`))) {
      const picked = window.kept?.get(`pick/${explorer.name}`) ?? "";
      const state = explorer.keeps.stateOf(picked);
      if (state === undefined || state === explorer.keeps.state) continue;
      explorer.go(`${explorer.keeps.name}=${picked}`);
      explorer.news = undefined;
    }
  }

  function readHistory() { try { return history.state; } catch { return null; } }

  /* The reader's place, for eyes and for a screen reader, is now the figure. */
  function goTo({ figure }) {
    figure.tabIndex = -1;
    figure.focus({ preventScroll: true });
    figure.scrollIntoView();
  }

  /* A sentence's link to a state of a chart on this page: `sentence.js` shows the two together. */
  addEventListener("click", async (event) => {
    const link = event.target.closest?.("a.state-link");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const explorer = link.pathname === location.pathname && explorers.find(({ name }) => link.hash.startsWith(`#${name}?`));
    if (!explorer) return;
    event.preventDefault();
    keep(); // the place to which Back returns, with what its charts show
    explorer.asks?.open();
    explorer.go(link.hash.split("?")[1]);
    keep(link.hash, "pushState");
    await load(SENTENCE);
    window.showWithSentence(explorer, link, { painter, drawing, goTo });
  });

  /* Nothing is loaded for a reader who has not moved yet: a page that is only opened stays light. */
  function onFirstMove(act) {
    const moves = ["scroll", "pointermove", "pointerdown", "keydown", "focusin"];
    const once = () => { moves.forEach((move) => removeEventListener(move, once)); act(); };
    moves.forEach((move) => addEventListener(move, once, { passive: true }));
  }

  function prepareNear() {
    const near = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        explorers.find(({ root }) => root === target).rest();
      }
    }, { rootMargin: "100%" });
    explorers.forEach(({ root }) => near.observe(root));
  }

  const onScreen = new Set();
  const seeing = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) onScreen[isIntersecting ? "add" : "delete"](target);
  });

  for (const root of document.querySelectorAll("[data-explorer]")) {
    if (!root.querySelector(".explorer-controls")) continue;
    explorers.push(new Explorer(root));
    seeing.observe(root);
  }
  for (const menu of document.querySelectorAll(".explorer-share")) {
    menu.addEventListener("toggle", async () => {
      const explorer = explorers.find(({ figure }) => figure.contains(menu));
      await load(SHARE);
      window.fillShareMenu(menu, explorer, painter, { says, rowOf });
    }, { once: true });
  }
  onFirstMove(prepareNear);
  takeUpPicks();
  document.addEventListener("kept", takeUpPicks); // from disk a pick made on another page is heard of late
  followAddress();
  for (const change of ["popstate", "hashchange"]) addEventListener(change, followAddress);
  PHONE.addEventListener("change", () => explorers.filter(({ awake }) => awake).forEach((explorer) => explorer.rest()));
})();

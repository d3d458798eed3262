/* Makes the book's figures answer their controls: no kernel, no network, also from a local copy.

   The chart is already on the page as SVG. When a reader nears or touches a figure, a worker is started that draws
   charts (`explorer/worker.js`), so the page itself stays free to answer. While a control moves, the chart is a
   picture from that worker; when it has come to rest, it is SVG again: letters that can be found, read and printed.
   A classic script, because module scripts and fetch() do not run from file://. */
(() => {
  "use strict";

  const WORKER = new URL("chart-worker.js", document.currentScript.src).href;
  const PHONE = matchMedia("(max-width: 640px)");
  const STILL = matchMedia("(prefers-reduced-motion: reduce)");
  const STEP_MS = 500;
  const REST_MS = 400;
  const NEAR_PX = { mouse: 2, touch: 14 }; // a finger hits less surely
  const explorers = [];
  const dark = () => document.documentElement.dataset.theme === "dark";

  /* The worker, asked for one chart at a time by each figure. */
  class Painter {
    constructor() { this.awaited = new Map(); }

    async ask(request) {
      const worker = await (this.starting ??= this.start().catch((fault) => { this.starting = undefined; throw fault; }));
      const answer = new Promise((...ends) => this.awaited.set(request.name, ends));
      worker.postMessage(request);
      return answer;
    }

    async start() {
      await this.load();
      const program = URL.createObjectURL(new Blob([window.chartWorker], { type: "text/javascript" }));
      const worker = new Worker(program);
      delete window.chartWorker;
      worker.onmessage = ({ data: { name, fault, ...answer } }) => {
        URL.revokeObjectURL(program);
        const [answered, failed] = this.awaited.get(name);
        if (fault) failed(new Error(`${name}: ${fault}`)); else answered(answer);
      };
      /* The next move starts another worker, to which each chart brings its specification again. */
      worker.onerror = ({ message }) => {
        this.starting = undefined;
        explorers.forEach((explorer) => { explorer.awake = false; });
        this.awaited.forEach(([, failed]) => failed(new Error(message)));
      };
      return worker;
    }

    load() {
      return new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = WORKER;
        script.onload = resolve;
        script.onerror = () => reject(new Error("The chart library did not load: " + WORKER));
        document.head.append(script);
      });
    }
  }

  const painter = new Painter();

  /* One control of one figure: what the form shows, as indices into the list of values. */
  class Control {
    constructor(element, description) {
      const { label, ...rest } = description;
      Object.assign(this, rest, { element, text: label });
      this.presets = element.querySelector(".explorer-presets");
      this.inputs = [...element.querySelectorAll("input, select:not(.explorer-presets)")];
      this.outputs = [...element.querySelectorAll("output")];
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
      if (this.kind === "checkbox") return this.state ? "on" : "off";
      return [this.state].flat().map((i) => this.labels[i]).join(this.kind === "range" ? " to " : ", ") || "none";
    }

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
      if (!this.presets) return;
      this.presets.value = this.state;
      if (this.presets.selectedIndex < 0) this.presets.selectedIndex = 0;
    }
  }

  class Explorer {
    constructor(root) {
      this.root = root;
      this.name = root.dataset.explorer;
      this.status = root.querySelector(".explorer-status");
      this.chart = root.querySelector(".explorer-chart");
      this.canvas = document.createElement("canvas");
      this.hints = [];
      const form = JSON.parse(root.querySelector(".explorer-form").textContent);
      this.controls = form.controls.map((description) =>
        new Control(root.querySelector(`[data-control="${description.name}"]`), description));
      root.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
      for (const control of this.controls) {
        control.element.addEventListener("input", ({ target }) => {
          if (target === control.presets) control.state = target.value;
          control.keepOrder(target);
          this.moved(control);
        });
      }
      this.chart.addEventListener("pointermove", (event) => { this.chart.title = this.wordsAt(event); });
      this.chart.addEventListener("click", (event) => this.note(event));
      const play = root.querySelector(".explorer-play");
      if (play) this.player = new Player(play, this.controls.find((c) => c.name === form.play), this);
    }

    moved(control) {
      control.label();
      this.noted?.remove();
      for (const other of explorers) {
        for (const twin of other.controls) {
          if (twin.shared !== control.shared) continue;
          if (twin !== control) twin.state = control.state;
          other.last = twin;
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
      this.drawing ??= this.drawWanted().finally(() => { this.drawing = undefined; });
    }

    async drawWanted() {
      try {
        while (this.wanted) {
          const request = this.request(this.wanted);
          this.wanted = undefined;
          const answer = await painter.ask(request);
          if (answer.picture || !this.wanted) this.show(answer);
        }
      } catch (fault) {
        this.awake = false;
        this.chart.removeAttribute("data-moving");
        this.say("The controls could not start: the chart stays as it is, the table is whole. Move a control to try again.");
        this.status.dataset.fault = "";
        console.error(fault);
      }
    }

    /* The first request brings the chart's specification along. */
    request(how) {
      const values = Object.fromEntries(this.controls.map(({ name, value }) => [name, value]));
      const spec = this.awake ? undefined : this.root.querySelector(".explorer-spec").textContent;
      this.awake = true;
      return { name: this.name, spec, values, narrow: PHONE.matches, dark: dark(), scale: devicePixelRatio, ...how };
    }

    get container() {
      return this.chart.querySelector(PHONE.matches ? ".explorer-narrow" : ".explorer-wide");
    }

    show({ picture, svg, line, hints = [] }) {
      if (picture) this.paint(picture); else if (this.last) this.settle(svg, line);
      this.chart.toggleAttribute("data-moving", Boolean(picture));
      if (this.last) this.chart.dataset.moved = PHONE.matches ? "narrow" : "wide";
      this.hints = hints;
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

    /* A control has come to rest: the chart's own status line says where ("July 2016: 34 towns held"). */
    settle(svg, line) {
      this.container.querySelector("svg").replaceWith(document.createRange().createContextualFragment(svg));
      this.say(line || `${this.last.text}: ${this.last.words}`);
    }

    /* The same words written anew would be read out again. */
    say(words) {
      delete this.status.dataset.fault;
      if (this.status.textContent !== words) this.status.textContent = words;
    }

    /* What the mark under the pointer says. */
    wordsAt({ clientX, clientY, pointerType }) {
      const svg = this.container.querySelector("svg"), place = svg.getBoundingClientRect();
      const scale = svg.width.baseVal.value / place.width;
      const x = (clientX - place.left) * scale, y = (clientY - place.top) * scale;
      const away = ({ box: [left, top, right, bottom] }) =>
        Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
      const least = Math.min(...this.hints.map(away));
      if (least > (NEAR_PX[pointerType] ?? NEAR_PX.mouse)) return "";
      return this.hints.findLast((hint) => away(hint) === least).words; // the last lies above
    }

    /* A finger has no tooltips: what a tapped mark says stands in a box over the chart until the next tap or move. */
    note(event) {
      this.noted ??= Object.assign(document.createElement("p"), { className: "explorer-note", role: "status" });
      this.noted.textContent = this.wordsAt(event);
      this.chart.append(this.noted);
    }
  }

  /* Steps a slider on; with reduced motion asked for, each press is one step. */
  class Player {
    constructor(button, control, explorer) {
      Object.assign(this, { button, control, explorer });
      button.addEventListener("click", () => this.press());
      this.write();
      STILL.addEventListener("change", () => (this.playing ? this.stop() : this.write()));
    }

    get playing() { return this.timer !== undefined; }

    press() {
      if (this.playing) { this.stop(); return; }
      if (!STILL.matches) {
        this.timer = setInterval(() => (this.step() ? this.explorer.moved(this.control) : this.stop()), STEP_MS);
      }
      if (this.control.state === this.control.values.length - 1) this.control.state = 0; else this.step();
      this.explorer.moved(this.control);
      this.write();
    }

    step() {
      if (this.control.state >= this.control.values.length - 1) return false;
      this.control.state += 1;
      return true;
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
    if (!root.querySelector("form")) continue;
    explorers.push(new Explorer(root));
    seeing.observe(root);
  }
  onFirstMove(prepareNear);
  PHONE.addEventListener("change", () => explorers.filter(({ awake }) => awake).forEach((explorer) => explorer.rest()));
})();

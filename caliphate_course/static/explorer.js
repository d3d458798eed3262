/* Makes the book's figures answer their controls: no kernel, no network, also from a local copy.

   The chart is already on the page as SVG. When a reader nears or touches a figure, Vega is loaded once, takes
   the figure over, and each control feeds the signal of its name. A classic script, because module scripts and
   fetch() do not run from file://. */
(() => {
  "use strict";

  const VEGA = new URL("vega.js", document.currentScript.src).href;
  const PHONE = matchMedia("(max-width: 640px)");
  const STILL = matchMedia("(prefers-reduced-motion: reduce)");
  const STEP_MS = 500;
  const ANNOUNCE_MS = 400;
  const QUIET_MS = 150;
  const explorers = [];
  let onPaper = false;
  let vegaLoading;

  const loadVega = () => (vegaLoading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = VEGA;
    script.onload = resolve;
    script.onerror = () => reject(new Error("The chart library did not load: " + VEGA));
    document.head.append(script);
  }));

  const whenIdle = (act) => (window.requestIdleCallback ? requestIdleCallback(act, { timeout: 500 }) : setTimeout(act));

  /* Work that can wait: one task at a time, while the page is idle and no control has moved for a moment. Charts are
     set up before any is rehearsed. */
  class Queue {
    constructor() {
      this.first = new Set();
      this.later = new Set();
      this.lastMove = -Infinity;
      addEventListener("input", () => { this.lastMove = performance.now(); }, { capture: true, passive: true });
    }

    add(task, where = this.first) {
      if (!this.next) this.wait();
      where.add(task);
    }

    get next() { return [...this.first, ...this.later][0]; }

    get quietIn() { return this.lastMove + QUIET_MS - performance.now(); }

    wait() {
      if (this.quietIn > 0) setTimeout(() => this.wait(), this.quietIn);
      else whenIdle(() => (this.quietIn > 0 ? this.wait() : this.work()));
    }

    work() {
      const task = this.next;
      this.first.delete(task);
      this.later.delete(task);
      if (this.next) this.wait();
      task();
    }
  }

  const queue = new Queue();

  /* One control of one figure: what the form shows, as indices into the list of values. */
  class Control {
    constructor(element, description) {
      const { label, ...rest } = description;
      Object.assign(this, rest, { element, text: label });
      this.inputs = [...element.querySelectorAll("input, select")];
      this.outputs = [...element.querySelectorAll("output")];
    }

    get state() {
      if (this.kind === "range") {
        return this.inputs.map((input) => +input.value).sort((a, b) => a - b);
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

    /* Values a reader can move it to, a dozen at most. */
    get others() {
      if (this.kind === "checkbox") return [!this.state];
      if (this.kind === "checkboxes") return this.values.map((left) => this.values.filter((value) => value !== left));
      const apart = Math.ceil(this.values.length / 12);
      const some = this.values.filter((_, i) => i % apart === 0);
      return this.kind === "range" ? some.map((value) => [this.values[0], value]) : some;
    }

    /* The words beside a slider, and what a screen reader says of its position. */
    label() {
      this.outputs.forEach((output, i) => {
        const label = this.labels[+this.inputs[i].value];
        output.textContent = label;
        this.inputs[i].setAttribute("aria-valuetext", label);
      });
    }
  }

  class Explorer {
    constructor(root) {
      this.root = root;
      this.status = root.querySelector(".explorer-status");
      const data = JSON.parse(root.querySelector(".explorer-data").textContent);
      this.vega = data.vega;
      this.narrow = data.narrow;
      this.controls = data.controls.map((description) =>
        new Control(root.querySelector(`[data-control="${description.name}"]`), description));
      this.catchUp = () => this.view && this.follow();
      root.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
      for (const control of this.controls) {
        control.element.addEventListener("input", () => this.moved(control));
      }
      const play = root.querySelector(".explorer-play");
      if (play) this.player = new Player(play, this.controls.find((c) => c.name === data.play), this);
    }

    moved(control) {
      control.label();
      for (const other of explorers) {
        for (const twin of other.controls) {
          if (twin.shared !== control.shared) continue;
          if (twin !== control) twin.state = control.state;
          if (other === this || onScreen.has(other.root)) other.draw(control);
          else queue.add(other.catchUp);
        }
      }
    }

    draw(control) {
      if (!this.view) { this.wake(); return; }
      this.follow(this.controls.filter((own) => own.shared === control.shared));
      this.announce(control);
    }

    follow(controls = this.controls) {
      for (const { name, value } of controls) this.view.signal(name, value);
      this.view.run();
    }

    /* A chart's first steps are its slowest: code is compiled and words are measured. So its controls are moved and
       moved back, a few values at a time, before the reader does it; nothing is painted in between. */
    *rehearsals() {
      for (const control of this.controls) {
        for (let others = control.others; others.length; others = others.slice(3)) {
          yield () => {
            for (const other of [...others.slice(0, 3), control.value]) this.view.signal(control.name, other).run();
          };
        }
      }
    }

    /* Says the chart's own status line ("July 2016: 34 towns held") once the control has come to rest. */
    announce(control) {
      clearTimeout(this.announcing);
      if (this.player?.playing) return;
      this.announcing = setTimeout(() => {
        const line = texts(this.view.scenegraph().root, "status_marks").join(" ");
        this.status.textContent = line || `${control.text}: ${control.words}`;
      }, ANNOUNCE_MS);
    }

    wake() {
      return loadVega().then(
        () => { this.view || this.show(); },
        () => { this.status.textContent = "The controls could not start; the chart stays as it is, the table is whole."; },
      );
    }

    /* For a reader who is near: all that can be done before the first move of a control. */
    prepare() {
      loadVega().then(() => {
        queue.add(() => this.view || this.show());
        for (const rehearsal of this.rehearsals()) queue.add(rehearsal, queue.later);
      }, () => this.wake());
    }

    get container() {
      return this.root.querySelector(PHONE.matches ? ".explorer-narrow" : ".explorer-wide");
    }

    /* Draws off the page first, so that the figure never flickers or changes its size. Vega would warn of the extent
       of an empty layer, but a choice that leaves a layer empty is a state of the chart and no fault. */
    show() {
      this.view?.finalize();
      const drawn = document.createElement("div");
      const spec = PHONE.matches ? patched(this.vega, this.narrow) : this.vega;
      const { View, parse, Error: onlyErrors } = window.vega;
      this.view = new View(parse(spec, null, { ast: true }),
        { expr: window.vegaExpressions, renderer: rendererOf(spec), container: drawn, logLevel: onlyErrors });
      this.follow();
      this.container.replaceChildren(drawn);
      this.root.dataset.explorerReady = "";
    }
  }

  /* Steps a slider on; with reduced motion asked for, each press is one step. */
  class Player {
    constructor(button, control, explorer) {
      Object.assign(this, { button, control, explorer });
      button.addEventListener("click", () => this.press());
      this.write();
      STILL.addEventListener("change", () => this.stop());
    }

    get playing() { return this.timer !== undefined; }

    press() {
      if (this.playing) { this.stop(); return; }
      if (this.control.state === this.control.values.length - 1) this.control.state = 0; else this.step();
      this.explorer.moved(this.control);
      if (STILL.matches) return;
      this.timer = setInterval(() => (this.step() ? this.explorer.moved(this.control) : this.stop()), STEP_MS);
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
      if (this.explorer.view) this.explorer.announce(this.control);
    }

    write() {
      const [sign, word] = this.playing ? ["❚❚", "Pause"] : STILL.matches ? ["▶", "Step"] : ["▶", "Play"];
      this.button.innerHTML = `<span aria-hidden="true">${sign}</span> ${word}`;
      this.button.setAttribute("aria-label", `${word}: step through ${this.control.text}`);
    }
  }

  function patched(spec, changes) {
    const copy = structuredClone(spec);
    for (const [path, value] of changes) {
      const last = path.at(-1);
      path.slice(0, -1).reduce((node, key) => node[key], copy)[last] = value;
    }
    return copy;
  }

  /* What the marks of one name say in a chart that is drawn. */
  function texts(node, name) {
    const own = node.marktype === "text" && node.name === name ? node.items.map(({ text }) => [text].flat().join(" ")) : [];
    return [...own, ...(node.items ?? []).flatMap((item) => texts(item, name))];
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
        explorers.find(({ root }) => root === target).prepare();
      }
    }, { rootMargin: "100%" });
    explorers.forEach(({ root }) => near.observe(root));
  }

  /* A chart that shares its state with another one follows at once where the reader sees it, else when there is time. */
  const onScreen = new Set();
  const seeing = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) onScreen[isIntersecting ? "add" : "delete"](target);
  });

  /* A step repaints a canvas in about two thirds of the time of SVG; not a map, whose land SVG leaves as it is. */
  const rendererOf = (spec) => (onPaper || spec.projections ? "svg" : "canvas");

  const redraw = () => explorers.filter(({ view }) => view).forEach((explorer) => explorer.show());

  /* A canvas is as sharp as the screen it was drawn for: a zoomed page or another screen needs it drawn again. */
  function redrawForScreen() {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`)
      .addEventListener("change", () => { redraw(); redrawForScreen(); }, { once: true });
  }

  for (const root of document.querySelectorAll("[data-explorer]")) {
    if (!root.querySelector("form")) continue;
    explorers.push(new Explorer(root));
    seeing.observe(root);
  }
  onFirstMove(prepareNear);
  PHONE.addEventListener("change", redraw);
  redrawForScreen();
  for (const moment of ["beforeprint", "afterprint"]) {
    addEventListener(moment, () => { onPaper = moment === "beforeprint"; redraw(); });
  }
})();

/* A figure that asks before it shows. Until a reader has guessed, or wants to be shown, `explorer.css` covers it. What was
   guessed is drawn in the chart by its param `guess`, and kept on this device where that is allowed. */
(() => {
  "use strict";

  const SHOWN = "shown"; // kept of one who did not guess
  const NOT_KEPT = " This browser keeps nothing for this page: it will ask again.";

  class Prediction {
    constructor(explorer, Control) {
      const { root, figure } = explorer, box = root.querySelector(".explorer-guess");
      const { controls, ...rest } = JSON.parse(root.querySelector(".explorer-asked").textContent);
      Object.assign(this, rest, { explorer, root, key: `guess/${explorer.name}`, covered: true, guess: null });
      this.controls = controls.map((one) => new Control(box.querySelector(`[data-ask="${one.name}"]`), one));
      for (const control of this.controls) {
        control.element.addEventListener("input", () => control.label());
        for (const step of control.steps) step.addEventListener("click", () => { if (control.state + +step.value in control.values) control.state += +step.value; });
      }
      this.caption = figure.querySelector(".caption-text");
      this.neutral = this.caption.textContent;
      [this.said, this.again] = box.querySelector(".explorer-gap").children;
      box.querySelector(".explorer-commit").addEventListener("click", () => this.answer(this.controls.map((one) => one.slugOf(one.state)).join(",")));
      box.querySelector(".explorer-show").addEventListener("click", () => this.answer(SHOWN));
      this.again.addEventListener("click", () => this.takeBack());
      document.addEventListener("kept", () => { if (this.answered && this.kept === undefined) this.cover(); this.adopt(); });
      this.adopt();
      this.take(this.kept);
    }

    /* What was chosen for one of several elsewhere on the page counts here too, until it is answered. */
    adopt() {
      for (const control of this.shared && !this.answered ? this.controls : []) {
        const state = control.values.indexOf(window.kept?.get(this.shared + control.name));
        if (state >= 0) control.state = state;
      }
    }

    get kept() { return window.kept?.get(this.key); }

    /* The chart is drawn with the guess. What is said of it gets the reader's place, so that it is read out. */
    answer(words) {
      if (this.shared && words !== SHOWN) for (const { name, state, default: none, value } of this.controls) window.kept?.set(this.shared + name, state === none ? undefined : value);
      window.kept?.set(this.key, words);
      this.take(words);
      if (this.guess !== null && this.state) this.explorer.go(this.state); else this.explorer.rest();
      this.said.focus({ preventScroll: true });
    }

    /* Take on what was answered; one that the figure asks for no longer counts as none. */
    take(words) {
      const states = words === SHOWN ? [] : words?.split(",").map((slug, i) => this.controls[i]?.stateOf(slug));
      if (!states || states.includes(undefined) || ![0, this.controls.length].includes(states.length)) return;
      states.forEach((state, i) => { this.controls[i].state = state; });
      this.open();
      this.answered = true;
      if (!states.length) return;
      const values = this.controls.map(({ value }) => value), right = states.filter((state, i) => state === this.truths?.[i]).length;
      this.guess = this.truths ? values : values[0];
      this.said.textContent = this.sentences[this.truths ? right : states[0]] + (window.kept?.refused ? NOT_KEPT : "");
      this.again.textContent = "Take my guess back";
    }

    /* Without an answer: a link leads to the chart, or the reader wants to be shown. */
    open() {
      if (!this.covered) return;
      this.covered = false;
      this.root.dataset.open = "";
      this.caption.textContent = this.explorer.chart.getAttribute("aria-label");
      this.said.textContent = "You have not guessed.";
      this.again.textContent = "Let me guess";
    }

    takeBack() {
      window.kept?.set(this.key, undefined);
      this.cover();
      this.controls[0].inputs[0].focus({ preventScroll: true });
    }

    cover() {
      Object.assign(this, { covered: true, answered: false, guess: null });
      delete this.root.dataset.open;
      this.caption.textContent = this.neutral;
      this.explorer.rest();
    }
  }

  window.askReader = (...given) => new Prediction(...given);
})();

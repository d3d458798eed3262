/* Questions that a reader answers: radio buttons in place of the folds, and the reason of the answer chosen. What was
   chosen stays on this device (`kept.js`): `answer/<question>` holds the letters tried, in their order, and whether the
   last is right. The answer sheet shows it all, to print for a teacher; ratings (`data-kept`) are kept as they are. */
(() => {
  "use strict";
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const made = (tag, values = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), values);
    element.append(...children);
    return element;
  };
  const NOT_KEPT = "This browser gives the page no place to keep anything: when the page is closed, your answers are gone.";
  const KEPT = "Kept on this device only, in this browser.";
  const where = () => kept.told ?? (kept.refused ? NOT_KEPT : KEPT);

  class Question {
    constructor(folds) {
      this.key = `answer/${folds.dataset.question}`;
      this.answers = new Map($$(".answer", folds).map((fold) => [fold.dataset.letter, this.option(fold)]));
      this.said = made("div", { className: "question-said" });
      this.said.setAttribute("role", "status");
      const text = folds.querySelector(".question-text");
      this.legend = made("legend", { className: "question-text", id: text.id }, ...text.childNodes);
      const options = [...this.answers.values()].map(({ label }) => label);
      this.form = made("form", { className: "question" },
        made("fieldset", {}, this.legend, ...options), made("button", { className: "question-check", textContent: "Check" }), this.said);
      this.form.addEventListener("submit", (event) => { event.preventDefault(); this.check(); });
      this.form.asked = this;
      folds.replaceWith(this.form);
      this.show();
    }

    option(fold) {
      const summary = fold.querySelector("summary"), feedback = fold.querySelector(".answer-feedback");
      const input = made("input", { type: "radio", name: this.key, value: fold.dataset.letter });
      const label = made("label", { className: "answer" }, input, made("span", {}, ...summary.childNodes));
      return { label, input, feedback, right: fold.matches(".answer-right") };
    }

    say(words) { this.said.replaceChildren(made("p", { className: "answer-feedback", textContent: words })); }

    get tried() { return kept.get(this.key)?.tried ?? ""; }

    check() {
      const letter = this.form.elements[this.key].value;
      if (!letter) { this.say("Choose an answer first."); return; }
      const { right } = this.answers.get(letter), tried = this.tried;
      kept.set(this.key, { tried: tried.endsWith(letter) ? tried : tried + letter, right });
      this.show();
    }

    /* The reason of the answer that was checked last, under all of them; what is chosen and not yet checked stays. */
    show() { this.tell(this.answers.get(this.tried.at(-1))); }

    get right() { return [...this.answers.values()].find(({ right }) => right); }

    tell(answer) {
      if (answer === this.shown) return;
      for (const { label } of this.answers.values()) label.classList.remove("answer-right", "answer-wrong");
      if (answer) {
        answer.input.checked = true;
        answer.label.classList.add(answer.right ? "answer-right" : "answer-wrong");
      } else {
        this.form.reset();
      }
      this.said.replaceChildren(...(answer ? [answer.feedback] : []));
      this.shown = answer;
    }
  }

  /* Under the last question: how many are right, and what to look at again. */
  class Count {
    constructor(questions) {
      this.questions = questions;
      this.words = made("p", { className: "question-count" });
      questions.at(-1).form.after(this.words);
    }

    show() {
      const right = this.questions.filter(({ key }) => kept.get(key)?.right);
      const again = this.questions.filter(({ key }) => toRepeat(kept.get(key)));
      const links = again.flatMap(({ legend }, i) => [i ? ", " : "", made("a", { href: `#${legend.id}`, textContent: legend.querySelector("strong").textContent.replace(".", "").toLowerCase() })]);
      this.words.replaceChildren(`${right.length} of ${this.questions.length} answered right. `,
        ...(links.length ? ["To repeat: ", ...links, ". "] : []), where(), ...sheetLink());
    }
  }

  /* Not right yet, or not at the first try. */
  const toRepeat = (answer) => answer && !(answer.right && answer.tried.length === 1);

  function sheetLink() {
    const link = $$(".bd-sidebar-primary a").find(({ pathname }) => pathname.endsWith("/your-answers.html"));
    return link ? [" ", made("a", { href: link.href, textContent: link.textContent.trim() })] : [];
  }

  /* The answer sheet: of each question what was answered last, lesson by lesson. */
  function showSheet() {
    for (const lesson of $$(".sheet")) {
      const questions = $$("[data-question]", lesson);
      for (const question of questions) {
        const answer = kept.get(`answer/${question.dataset.question}`);
        question.hidden = !answer;
        question.toggleAttribute("data-again", Boolean(toRepeat(answer)));
        for (const one of $$("[data-letter]", question)) one.hidden = one.dataset.letter !== answer?.tried.at(-1);
      }
      const shown = questions.filter(({ hidden }) => !hidden), right = shown.filter((one) => one.querySelector(".answer-right:not([hidden])"));
      lesson.hidden = !shown.length;
      lesson.querySelector(".sheet-count")?.remove();
      lesson.querySelector("p").append(made("span", { className: "sheet-count", textContent: ` ${right.length} of ${questions.length} right` }));
    }
    const none = !$$(".sheet:not([hidden]), [data-kept-words]:not([hidden])").length;
    $$(".sheet-state").forEach((place) => { place.textContent = `${none ? "You have answered nothing yet. " : ""}${where()}`; });
    const again = $$(".sheet-question[data-again]").map((one) => made("li", {}, one.querySelector("p").cloneNode(true)));
    $$(".sheet-again").forEach((place) => { place.hidden = !again.length; place.querySelector("ul").replaceChildren(...again); });
  }

  const questions = $$(".question[data-question]:not(.sheet-question)").map((folds) => new Question(folds));
  const count = questions.length ? new Count(questions) : undefined;

  /* Fields that are kept as they are, and places that repeat what was chosen in one on another page. */
  const fields = $$("select[data-kept]");
  for (const field of fields) field.addEventListener("change", () => kept.set(field.dataset.kept, field.value || undefined));

  for (const button of $$("[data-forget]")) {
    button.addEventListener("click", () => { if (confirm("Forget all that this book keeps on this device?")) kept.forget(); });
  }
  for (const button of $$("[data-print]")) button.addEventListener("click", () => print());

  function show() {
    questions.forEach((one) => one.show());
    count?.show();
    for (const field of fields) field.value = kept.get(field.dataset.kept) ?? "";
    for (const place of $$("[data-kept-words]")) {
      const value = kept.get(place.dataset.keptWords);
      place.hidden = !value;
      place.querySelector(".kept-words").textContent = JSON.parse(place.dataset.labels)[value] ?? "";
    }
    showSheet();
  }
  document.addEventListener("kept", show);
  show();
})();

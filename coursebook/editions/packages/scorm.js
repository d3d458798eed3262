/* The course inside a learning platform, by SCORM 1.2 or 2004. This page stays while the reader turns the pages of the
   site in its frame; it tells the platform what the site keeps of answers (`kept.js`).

   Completed: every question that counts has been answered. Score: how many of them are right now, in per cent. The
   platform's record is the one that holds: what it has is put into the site's store first, as another learner may have
   used this device. Without a platform around it the page shows the course and says nothing. */
(() => {
  "use strict";
  const { version, first, site, counting } = JSON.parse(document.getElementById("settings").textContent);
  const { SCORM: scorm, debug } = exports, frame = document.getElementById("course");
  const core = version === "1.2" ? "cmi.core." : "cmi.", place = version === "1.2" ? "cmi.core.lesson_location" : "cmi.location";
  const questions = counting.flatMap((page) => window.courseQuestions[page] ?? []);
  const root = new URL(site, location).href;

  const right = (answer) => answer?.endsWith("+");
  let answers = {}; // by question: the letters tried, in their order, and + if the last is right

  function read(name) {
    try { return JSON.parse(scorm.get(name)) ?? {}; } catch { return {}; } // nothing yet, or not written by us
  }

  function begin() {
    debug.isActive = false;
    Object.assign(scorm, { version, handleExitMode: false });
    try { scorm.init(); } catch { return; } // the frame around is another host's: no platform
    if (!scorm.connection.isActive) return;
    answers = read("cmi.suspend_data");
    scorm.set(`${core}exit`, "suspend"); // or it would forget the answers
    addEventListener("pagehide", () => scorm.quit());
  }

  /* The site's store as the platform has it. */
  function restore(kept) {
    for (const question of questions) {
      const key = `answer/${question}`, was = answers[question];
      if (written(kept.get(key)) !== was) kept.set(key, was && { tried: was.replace("+", ""), right: right(was) });
    }
  }

  const written = (answer) => answer && answer.tried + (answer.right ? "+" : "");

  function report(kept) {
    const now = questions.map((question) => [question, written(kept.get(`answer/${question}`))]).filter(([, answer]) => answer);
    const before = JSON.stringify(answers);
    answers = Object.fromEntries(now);
    if (JSON.stringify(answers) === before) return;
    const share = now.filter(([, answer]) => right(answer)).length / questions.length;
    scorm.set("cmi.suspend_data", JSON.stringify(answers));
    const score = { min: 0, max: 100, raw: Math.round(100 * share), ...(version === "1.2" ? {} : { scaled: share.toFixed(4) }) };
    for (const [name, value] of Object.entries(score)) scorm.set(`${core}score.${name}`, String(value));
    if (now.length === questions.length) scorm.status("set", "completed");
    scorm.save();
  }

  /* A page of the site has come up in the frame. */
  function turned() {
    let inside;
    try { inside = frame.contentWindow.location.href && frame.contentWindow; } catch { return; } // led to another host
    inside.document.addEventListener("click", openElsewhere, true);
    if (!scorm.connection.isActive) return;
    if (inside.location.href.startsWith(root)) scorm.set(place, inside.location.href.slice(root.length).replace(/[?#].*/, ""));
    if (!questions.length) scorm.status("set", "completed");
    scorm.save();
    if (!inside.kept) return;
    restore(inside.kept);
    inside.kept.told = "Kept by the learning platform.";
    inside.document.dispatchEvent(new Event("kept")); // to be said
    inside.document.addEventListener("kept", () => report(inside.kept));
  }

  /* Other sites refuse to stand in a frame. */
  function openElsewhere({ target }) {
    const link = target.closest?.("a[href]");
    if (link && link.host !== location.host) link.target = "_blank";
  }

  begin();
  frame.addEventListener("load", turned);
  const page = scorm.connection.isActive && scorm.get(place);
  frame.src = root + (page && page !== "null" ? page : first);
})();

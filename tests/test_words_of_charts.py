"""The words of every chart stay whole and apart on a phone, whatever its controls are set to."""

from __future__ import annotations

import json
from itertools import product

PHONE = 390
EDGE_PX = 2  # browsers differ by so much in how wide they set a line
COVERED = 0.3  # share of the smaller of two labels under the other
MOST_STATES = 60

# Widths of the sentence in the charts' font and in the one that stands in for a missing font.
HAS_FONT = """() => {
  const pen = document.createElement('canvas').getContext('2d');
  const width = (font) => { pen.font = `20px ${font}`; return pen.measureText('Words of charts, 0123456789').width; };
  return width("Arial, 'Liberation Sans', monospace") !== width('monospace');
}"""
# The chart of a figure in each state, drawn by the page's own program, and what of its words is cut or covered.
FAULTS = """async ([name, states, edge, covered]) => {
  window.charts ??= await new Promise((ready) => {
    const script = document.createElement('script');
    script.src = new URL('chart-worker.js', document.querySelector('script[src*="explorer.js"]').src);
    script.onload = () => ready(new Worker(URL.createObjectURL(new Blob([window.chartWorker]))));
    document.head.append(script);
  });
  const drawn = (request) => new Promise((done) => {
    charts.onmessage = ({data}) => done(data);
    charts.postMessage(request);
  });
  const root = document.querySelector(`[data-explorer="${name}"]`);
  const place = root.querySelector('.explorer-narrow'), faults = new Set();
  await new Promise((ready) => {
    const script = document.createElement('script');
    script.src = new URL('charts/' + root.dataset.chart, document.querySelector('script[src*="explorer.js"]').src);
    script.onload = ready;
    document.head.append(script);
  });
  let spec = window.chartDetails[name];
  root.querySelector('.explorer-chart').style.contentVisibility = 'visible';
  function look(state) {
    const svg = place.querySelector('svg'), frame = svg.getBoundingClientRect();
    const labels = [...svg.querySelectorAll('text')].filter((text) => text.textContent.trim()
      && text.getAttribute('opacity') !== '0' && text.getAttribute('fill-opacity') !== '0' && !text.hasAttribute('stroke'));
    const boxes = labels.map((text) => ({words: text.textContent, box: text.getBoundingClientRect()}));
    for (const {words, box} of boxes) {
      const over = Math.max(frame.left - box.left, box.right - frame.right, frame.top - box.top, box.bottom - frame.bottom);
      if (over > edge) faults.add(`'${words}' is cut by ${over.toFixed(0)} px: ${state}`);
    }
    boxes.forEach((one, i) => boxes.slice(i + 1).forEach((other) => {
      const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      const smaller = Math.min(one.box.width * one.box.height, other.box.width * other.box.height);
      if (wide > 0 && high > 0 && wide * high > covered * smaller)
        faults.add(`'${one.words}' lies on '${other.words}': ${state}`);
    }));
  }
  look('as built');
  for (const values of states) {
    const {fault, svg} = await drawn({name, spec, values, narrow: true, scale: 1, still: true});
    spec = undefined;
    if (fault) { faults.add(`${fault}: ${JSON.stringify(values)}`); continue; }
    place.querySelector('svg').replaceWith(document.createRange().createContextualFragment(svg));
    look(JSON.stringify(values));
  }
  return [...faults].map((fault) => `${name}: ${fault}`);
}"""


def spread(values: list, number: int) -> list:
    """`number` of the values, from the first to the last."""
    if len(values) <= number:
        return values
    return [values[round(i * (len(values) - 1) / (number - 1))] for i in range(number)]


def settings(control: dict) -> list:
    """Values a control is tried at, the one it starts at first."""
    kind, values, default = control["kind"], control["values"], control["default"]
    if kind == "checkbox":
        return [default, not default]
    if kind == "range":
        ends = spread(values, 3)
        return [[values[i] for i in default], *([a, b] for i, a in enumerate(ends) for b in ends[i:])]
    if kind == "checkboxes":
        return [[values[i] for i in default], values, *([value] for value in values)]
    return [values[default], *(spread(values, 7) if kind == "slider" else values)]


def states(controls: list[dict]) -> list[dict]:
    """Every combination of the settings; where these are too many, each control alone."""
    tried = {control["name"]: settings(control) for control in controls}
    together = [dict(zip(tried, combination, strict=True)) for combination in product(*tried.values())]
    if len(together) <= MOST_STATES:
        return together
    start = {name: values[0] for name, values in tried.items()}
    return [start | {name: value} for name, values in tried.items() for value in values]


def test_words_are_whole_and_apart_on_a_phone(drawing_page, visit):
    faults = []
    with visit(drawing_page, width=PHONE) as seen:
        figures = seen.page.locator("[data-explorer]:has(form)").all()
        assert not figures or seen.page.evaluate(HAS_FONT), "Install Arial or fonts-liberation: charts are set in it."
        for root in figures:
            form = json.loads(root.locator(".explorer-form").text_content())
            name = root.get_attribute("data-explorer")
            faults += seen.page.evaluate(FAULTS, [name, states(form["controls"]), EDGE_PX, COVERED])
    assert faults == []

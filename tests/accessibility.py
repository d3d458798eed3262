"""axe-core's WCAG 2.2 AA rules on a page in the browser, run so that long pages take seconds and not minutes."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
# Only what is broken comes back: describing the thousands of nodes that pass took most of a run.
OPTIONS = {"resultTypes": ["violations"], "elementRef": False, "preload": False}

# Two elements are styled alike if they and all that is behind them agree in whatever decides how text can be read.
# The colour rules cost milliseconds for each piece of text and say the same of every piece styled alike, so they
# judge the first and the last of each style: a list of a thousand sources is one style.
EXAMPLES = """() => {
  const STYLE = ['color', 'backgroundColor', 'backgroundImage', 'opacity', 'filter', 'mixBlendMode', 'fontSize',
    'fontWeight', 'textShadow', 'textDecorationLine', 'borderBottomWidth', 'position', 'fill'];
  const known = new Map(), keys = new Map();
  const key = (element) => {
    if (!element) return 0;
    if (!keys.has(element)) {
      const style = getComputedStyle(element);
      const words = [key(element.parentElement), element.tagName, ...STYLE.map((name) => style[name])].join('|');
      if (!known.has(words)) known.set(words, known.size + 1);
      keys.set(element, known.get(words));
    }
    return keys.get(element);
  };
  const says = (element) => element.matches('input, select, textarea')
    || [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const styles = new Map();
  for (const element of document.body.querySelectorAll('*')) {
    if (element.matches('script, style, noscript, option') || !says(element) || !element.checkVisibility()) continue;
    const [first] = styles.get(key(element)) ?? [element];
    styles.set(key(element), [first, element]);
  }
  return [...new Set([...styles.values()].flat())];
}"""
RUN = "([context, options]) => axe.run(context ?? document, options).then((result) => result.violations)"
RUN_ON_EXAMPLES = f"(options) => axe.run({{include: ({EXAMPLES})()}}, options).then((result) => result.violations)"


def violations(page, *, within: list[str] | None = None) -> dict[str, list[str]]:
    """Rules that the page breaks in its present state, with the elements: all of it, or what is `within` selectors."""
    rules = {rule: {"enabled": False} for rule in COLOUR_RULES}
    _inject(page)
    context = {"include": within} if within else None
    found = page.evaluate(RUN, [context, {**OPTIONS, "runOnly": TAGS, "rules": rules}])
    return _told(found) | colour_violations(page)


def colour_violations(page) -> dict[str, list[str]]:
    """The rules on colour alone, which are what another colour mode can break."""
    _inject(page)
    return _told(page.evaluate(RUN_ON_EXAMPLES, {**OPTIONS, "runOnly": {"type": "rule", "values": COLOUR_RULES}}))


def _inject(page):
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)


def _told(found) -> dict[str, list[str]]:
    return {rule["id"]: [node["html"][:200] for node in rule["nodes"]] for rule in found}

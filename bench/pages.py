"""Part `pages`: every page of the built site against the budgets."""

from __future__ import annotations

import sys

from bench import ROOT, workspace
from bench.browser import audit, chromium, serve
from coursebook.build import Build

SITE = ROOT / "_build" / "html"
OTHER_PAGES = ("genindex.html", "search.html")
SLIDERS_ONLY = (
    "<!DOCTYPE html><html lang=en><title>Sliders</title><main>" + "<input type=range min=0 max=12>" * 3 + "</main>"
)


def run() -> dict:
    """Audit every page of `_build/html`, which must have been built."""
    addresses = [str(page.relative_to(ROOT).with_suffix(".html")) for page in Build(ROOT).pages()]
    missing = [address for address in addresses if not (SITE / address).is_file()]
    if missing:
        sys.exit(f"The site has no page {missing[0]}: run `make book` first.")
    bare = workspace.FOLDER / "bare"
    bare.mkdir(parents=True, exist_ok=True)
    (bare / "index.html").write_text(SLIDERS_ONLY, encoding="utf-8")
    rows = []
    with serve(bare) as base, chromium() as browser:
        floor = audit(browser, base, "index.html")
    with serve(SITE) as base, chromium() as browser:
        for address in (*addresses, *OTHER_PAGES):
            rows.append(audit(browser, base, address))
            print(f"  {address}: {rows[-1]['first_kb']} kB, step p95 {rows[-1]['step_p95_ms']} ms", flush=True)
        return {"browser": browser.version, "pages": rows, "floor": floor}

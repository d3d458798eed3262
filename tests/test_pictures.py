"""How every figure and kind of page looks: light, dark, on a phone, in print, against accepted pictures.

The pictures are in `tests/pictures`, at half size. Where a page looks otherwise now, the test fails and writes the
accepted picture, the present one and what differs, side by side, into `_build/pictures`. Look at it; if the change is
meant, `make accept-pictures` takes all pictures anew, and the commit shows which have changed.

The site uses the reader's fonts, so the pictures are taken in one pinned font, unhinted. Small differences are
tolerated, since browsers differ in how they smooth an edge; the pictures' own browser is noted in `browser.txt`.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import ROOT, all_pages, book_pages
from PIL import Image, ImageChops

from coursebook.page_text import is_notebook

ACCEPTED = Path(__file__).parent / "pictures"
BROWSER = ACCEPTED / "browser.txt"
DIFFERENCES = ROOT / "_build" / "pictures"
FONTS = ROOT / "coursebook" / "editions" / "handout" / "fonts"

LOOKS = {
    "light": {"width": 1280, "color_scheme": "light", "media": "screen"},
    "dark": {"width": 1280, "color_scheme": "dark", "media": "screen"},
    "phone": {"width": 390, "color_scheme": "light", "media": "screen"},
    "print": {"width": 720, "color_scheme": "light", "media": "print"},
}
# One page of each kind, seen from its top; of the lessons, each figure.
KINDS = ("index", "the-caliphate", "cross-check", "data", "sources", "glossary", "genindex", "search")
HEIGHT, HALF = 1000, 0.5
SAME_SIZE_PX = 2  # pixels by which a picture may be larger or smaller
SEEN = 40  # difference of a pixel, of 255, that an eye sees
TOLERATED = 0.001  # share of the pixels that may differ so much

PINNED = {
    "Pinned": {400: "source-sans-3-latin-400-normal", 600: "source-sans-3-latin-600-normal", 700: "source-sans-3-latin-700-normal"},
    "Pinned Latin": {400: "source-sans-3-latin-ext-400-normal", 700: "source-sans-3-latin-ext-700-normal"},
    "Pinned Arabic": {400: "amiri-arabic-400-normal"},
    "Pinned Symbols": {400: "dejavu-symbols"},
}  # fmt: skip
FACES = "".join(
    f"@font-face {{ font-family: '{family}'; font-weight: {weight}; src: url('/pinned/{name}.woff2'); }}\n"
    for family, faces in PINNED.items()
    for weight, name in faces.items()
)
# What sticks to the window would lie over a figure taller than it; a chart first drawn when it is seen would move it.
STYLE = f"""{FACES}
* {{ font-family: {", ".join(repr(family) for family in PINNED)} !important; }}
.bd-header-article {{ position: static !important; }}
.explorer-chart {{ content-visibility: visible !important; }}
.skip-link {{ display: none !important; }}
"""


def pictured_pages() -> list[str]:
    """Pages that stand for a kind, and pages with a figure."""

    def has_figures(address):
        source = (ROOT / address).with_suffix(".md")
        return source.is_file() and is_notebook(source)

    return [address for address in all_pages() if Path(address).stem in KINDS or has_figures(address)]


@pytest.fixture(scope="module")
def painter(launch):
    """A browser that paints letters alike on every machine."""
    browser = launch(
        "--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb", "--hide-scrollbars"
    )
    yield browser
    browser.close()


@contextmanager
def page_of(painter, address: str):
    """The page as built, in which it can be looked at in every way, one after the other: `look`."""
    context = painter.new_context(device_scale_factor=HALF, reduced_motion="reduce")
    page = context.new_page()
    page.route("**/explorer.js*", lambda route: route.abort())  # the figure as built: none is caught while waking
    page.route("**/pinned/*", lambda route: route.fulfill(path=FONTS / route.request.url.rpartition("/")[2]))
    page.goto(address, wait_until="load")
    page.add_style_tag(content=STYLE)
    page.evaluate("() => { for (const asks of document.querySelectorAll('[data-asks]')) asks.dataset.open = ''; }")
    page.evaluate("() => Promise.all([...document.fonts].map((face) => face.load())).then(() => document.fonts.ready)")
    try:
        yield page
    finally:
        context.close()


def look(page, *, width: int, color_scheme: str, media: str) -> None:
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.emulate_media(media=media, color_scheme=color_scheme)
    page.wait_for_function("(mode) => document.documentElement.dataset.theme === mode", arg=color_scheme)


def pictures(page, name: str) -> dict[str, Image.Image]:
    """The figures of a lesson, and the top of a page that stands for its kind; by name."""
    shown = {
        figure.locator("[data-explorer]").get_attribute("data-explorer"): figure.screenshot(animations="disabled")
        for figure in page.locator(".explorer-figure").all()
    }
    if name in KINDS:
        page.evaluate("() => scrollTo(0, 0)")
        shown[f"page-{name}"] = page.screenshot(animations="disabled")
    return {name: Image.open(io.BytesIO(png)).convert("RGB") for name, png in shown.items()}


def difference(accepted: Image.Image, now: Image.Image) -> tuple[str, Image.Image]:
    """What differs, in words ('' if nothing that an eye would see), and where, in white."""
    sizes = f"{accepted.width}x{accepted.height} before, {now.width}x{now.height} now"
    grown = max(abs(accepted.width - now.width), abs(accepted.height - now.height))
    common = (0, 0, min(accepted.width, now.width), min(accepted.height, now.height))
    channels = ImageChops.difference(accepted.crop(common), now.crop(common)).split()
    most = ImageChops.lighter(ImageChops.lighter(*channels[:2]), channels[2])
    seen = most.point(lambda value: 255 * (value > SEEN))
    share = seen.histogram()[255] / (common[2] * common[3])
    if grown > SAME_SIZE_PX:
        return f"another size: {sizes}", seen
    return (f"{share:.2%} of its pixels differ" if share > TOLERATED else ""), seen


def side_by_side(*images: Image.Image) -> Image.Image:
    sheet = Image.new("RGB", (sum(i.width + 8 for i in images), max(i.height for i in images)), "#ff00ff")
    left = 0
    for image in images:
        sheet.paste(image.convert("RGB"), (left, 0))
        left += image.width + 8
    return sheet


def compare(look: str, name: str, now: Image.Image) -> str:
    """What is wrong with the picture, in words; '' if nothing is."""
    path = ACCEPTED / look / f"{name}.webp"
    if not path.is_file():
        return f"{look}/{name}: no picture has been accepted"
    accepted = Image.open(path).convert("RGB")
    words, where = difference(accepted, now)
    if not words:
        return ""
    sheet = DIFFERENCES / look / f"{name}.png"
    sheet.parent.mkdir(parents=True, exist_ok=True)
    side_by_side(accepted, now, where).save(sheet)
    return f"{look}/{name}: {words}, see {sheet.relative_to(ROOT)}"


def accept(look: str, name: str, now: Image.Image) -> None:
    path = ACCEPTED / look / f"{name}.webp"
    path.parent.mkdir(parents=True, exist_ok=True)
    now.save(path, lossless=True, method=6)


def browser_note(painter) -> str:
    """A hint for the message of a failure in a browser that did not take the accepted pictures."""
    took = BROWSER.read_text(encoding="utf-8").strip() if BROWSER.is_file() else "none"
    here = painter.version
    if took.split(".")[0] == here.split(".")[0]:
        return ""
    return (
        f" (The accepted pictures were taken by Chromium {took}, this is {here}: it may paint some things otherwise.)"
    )


@pytest.mark.parametrize("address", pictured_pages())
def test_page_looks_as_accepted(address, painter, server, accepting):
    problems = []
    with page_of(painter, server + address) as page:
        for name, how in LOOKS.items():
            look(page, **how)
            now = pictures(page, Path(address).stem)
            assert now
            if accepting:
                for one, image in now.items():
                    accept(name, one, image)
            problems += [words for one, image in now.items() if (words := compare(name, one, image))]
    if accepting:
        BROWSER.write_text(f"{painter.version}\n", encoding="utf-8")
    hint = "look at the pictures; if the change is meant, run `make accept-pictures`" + browser_note(painter)
    assert problems == [], hint


def test_no_accepted_picture_is_left_over(site):
    """Each accepted picture shows a figure or a kind of page that the book still has."""
    pages = [(site / address).read_text(encoding="utf-8") for address in book_pages()]
    shown = {f"page-{name}" for name in KINDS}
    accepted = {path.stem for path in ACCEPTED.rglob("*.webp")}
    left = [name for name in accepted - shown if not any(f'data-explorer="{name}"' in page for page in pages)]
    assert left == [], "remove these from tests/pictures"


def test_a_changed_colour_and_a_moved_label_are_seen():
    plain = Image.new("RGB", (340, 300), "white")
    dot = plain.copy()
    dot.paste("#3278c3", (100, 100, 112, 112))
    recoloured = plain.copy()
    recoloured.paste("#d36a18", (100, 100, 112, 112))
    moved = plain.copy()
    moved.paste("#3278c3", (120, 100, 132, 112))
    assert difference(dot, dot)[0] == ""
    assert difference(dot, recoloured)[0]
    assert difference(dot, moved)[0]
    assert difference(dot, dot.resize((340, 310)))[0].startswith("another size")

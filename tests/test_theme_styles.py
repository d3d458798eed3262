"""Style sheets are shipped without what no page of the book takes."""

from __future__ import annotations

from coursebook.pages import theme

SHEET = """
:root { --taken: red; --by-a-script: 1px; --by-nobody: blue; --by-nobody-s: var(--by-nobody); --icon: url("data:a;b,--x"); }
.used { color: var(--taken); background: var(--icon); animation: turn 1s; }
.gone { color: red; } #gone { color: red; }
@media print { .used { --by-nobody: green; color: black; } }
@keyframes turn { to { rotate: 1turn } }
@keyframes shake { to { rotate: 2turn } }
"""


def test_only_what_a_page_takes_is_left():
    cut = theme._without_unused(theme._cut(SHEET, {"used"}), {"--by-a-script"})
    assert "gone" not in cut and "shake" not in cut and "by-nobody" not in cut
    for kept in ("--taken: red", "--by-a-script", 'url("data:a;b,--x")', "turn{", "@media print", "color: black"):
        assert kept.replace(" ", "") in cut.replace(" ", ""), kept

"""Makes files that do not depend on written pages in a process of its own, while Sphinx writes the pages."""

from __future__ import annotations

from collections.abc import Callable

from sphinx.application import Sphinx
from sphinx.util.parallel import ParallelTasks, SerialTasks, parallel_available

from coursebook.pages.printed import is_printed


def make(app: Sphinx, write: Callable[[Sphinx], None]) -> None:
    """Have `write(app)` write its files while web pages are written; its fault ends the build.

    It works in a copy of this process, so that what it changes in memory is lost; in this process if the build is to
    use one core, or the system makes no such copies (Windows).
    """
    tasks = ParallelTasks(nproc=1) if parallel_available and app.parallel > 1 else SerialTasks()

    def start(app, builder):
        if not is_printed(app):
            tasks.add_task(write, app)

    def finish(app, exception):
        if exception is None:
            tasks.join()

    app.connect("write-started", start)
    app.connect("build-finished", finish)

"""Data, charts and book machinery of the course "The Rise and Fall of the Caliphate"."""

import sys
from contextlib import contextmanager


@contextmanager
def _without(module: str):
    """Let an optional dependency look absent while something is imported that would load it."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None
    try:
        yield
    finally:
        del sys.modules[module]


# jsonschema, which Altair loads, would compile the grammars of internet addresses: more than a second in each kernel.
with _without("rfc3987_syntax"):
    from caliphate_course.charts import theme  # enables the charts' one theme
    from caliphate_course.explorer import Explorer

__all__ = ["Explorer", "theme"]

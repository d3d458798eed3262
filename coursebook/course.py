"""What the engine must know of the course that it makes a book of.

A course package makes one `Course` and `_config.yml` names it (`course: package.module:name`, under `sphinx: config:`).
Builds, pages and editions ask for it by `current()`; a process makes the book of one course.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata

from coursebook.dataset import Dataset
from coursebook.facts import Facts
from coursebook.told import Told

# Set by the build for the processes that it starts: which course they are of.
NAMED = "COURSEBOOK_COURSE"


class CourseError(Told, LookupError):
    """A course that cannot be found; the message says what `_config.yml` must name."""


@dataclass(frozen=True)
class Course:
    """A course: where its parts are, and what its editions are called.

    `package` is the Python package of the subject, `distribution` what it is installed as. `archive` is the file name of
    the dataset's zip, `subtitle` stands on the handout's cover, `licence` is that of text and charts. The pages are those that other pages link to. `names`
    are the lists that `{names}` can take from the dataset: each gives `([name, other forms …], who that is)` per entry.
    """

    package: str
    distribution: str
    data: Dataset
    facts: Facts
    archive: str
    subtitle: str = ""
    licence: str = ""
    sources_page: str = "book/sources"
    data_page: str = "book/data"
    guide_page: str = "book/instructor-guide"
    answers_page: str = "book/your-answers"
    names: Mapping[str, Callable[[], list[tuple[list[str], str]]]] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The version installed."""
        return metadata.version(self.distribution)


_current: Course | None = None


def use(name: str) -> Course:
    """Take the course called `name` ("package.module:name") in this process and those it starts; raises CourseError."""
    global _current
    module, _, attribute = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise CourseError(
            f"_config.yml: the course {name!r} cannot be loaded: {error}. Under `sphinx: config:`, `course` names the "
            "package's Course as `package.module:name`."
        ) from error
    os.environ[NAMED] = name
    _current = found
    return found


def current() -> Course:
    """The course of this process. Raises CourseError if none was named."""
    if _current is not None:
        return _current
    if NAMED in os.environ:
        return use(os.environ[NAMED])
    raise CourseError("No course was named: `_config.yml` does it, under `sphinx: config:`, as `course`.")


def data() -> Dataset:
    """The dataset of the current course."""
    return current().data


def facts() -> Facts:
    """The facts of the current course."""
    return current().facts

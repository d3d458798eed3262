"""An instructor's own version of a course: title, institution, order and choice of lessons in one small file.

`make book COURSE=my-course.toml` builds it in the place of the whole course, and so do all other commands with `COURSE`:

    title = "How the war was fought"
    institution = "History 312, University of Somewhere"
    site = "https://somewhere.edu/war"            # if it will stand on the web
    lessons = ["the-fall", "air-war", "uneasy-allies"]

Lessons are named as their files are. In parts they stand under captions:

    [lessons]
    "The first weeks" = ["the-fall", "air-war"]
    "The last week" = ["uneasy-allies"]

What is made of it are the book's own settings and contents, changed; the pages' part stands in `pages/left_out.py`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

# What the person at the keyboard sets: the file, and the site's address.
COURSE, SITE = "COURSE", "SITE"
CAPTION = "Lessons"
SETTING = "own_version"  # of Sphinx: what its pages are told
KEYS = ("title", "institution", "site", "lessons")


class VersionError(ValueError):
    """An own version that cannot be made; the message says where in its file, and what to do."""


@dataclass(frozen=True)
class OwnVersion:
    """What the file says; `parts` are names of lessons by caption. Empty words leave what the course has."""

    file: str = ""
    title: str = ""
    institution: str = ""
    site: str = ""
    parts: Mapping[str, list[str]] | None = None

    def config(self, config: dict) -> dict:
        """The book's settings with the title and address of this version."""
        changed = {**config, "title": self.title or config["title"]}
        if self.site:
            changed["html"] = {**(config.get("html") or {}), "baseurl": self.site}
        return changed

    def line(self, whole: str) -> str:
        """Whose lessons these are, and for whom; `whole` is the title of the whole course."""
        what = "A selection of lessons from" if self.parts is not None else "A version of"
        return f"{what} “{whole}”" + (f", for {self.institution}" if self.institution else "")

    def contents(self, contents: dict) -> dict:
        """The book's contents (those of `_toc.yml`) with this version's lessons in the place of all.

        Raises VersionError if it names what is no lesson, or one twice.
        """
        if self.parts is None:
            return contents
        lessons = lessons_of(contents)
        chosen = [name for names in self.parts.values() for name in names]
        for name in chosen:
            if name not in lessons:
                near = get_close_matches(name, lessons, 1) or [", ".join(lessons)]
                raise VersionError(f"{self.file}: there is no lesson {name!r}. Is it one of these: {near[0]}?")
            if chosen.count(name) > 1:
                raise VersionError(f"{self.file}: the lesson {name!r} stands there twice. Take one out.")
        parts = [
            {"caption": caption, "numbered": True, "chapters": [{"file": lessons[name]} for name in names]}
            for caption, names in self.parts.items()
        ]
        return {**contents, "parts": [*parts, *(part for part in contents["parts"] if not part.get("numbered"))]}

    def left_out(self, contents: dict) -> list[str]:
        """The pages of the lessons that the book has and this version has not."""
        chosen = {name for names in (self.parts or {}).values() for name in names}
        lessons = lessons_of(contents) if self.parts is not None else {}
        return [page for name, page in lessons.items() if name not in chosen]


def lessons_of(contents: dict) -> dict[str, str]:
    """The pages of the numbered parts of `_toc.yml`, by the names that a version has for them."""
    parts = [part for part in contents.get("parts") or [] if part.get("numbered")]
    pages = [chapter["file"] for part in parts for chapter in part.get("chapters") or []]
    return {PurePosixPath(page).name: page for page in pages}


def wanted(root: Path) -> OwnVersion:
    """The version that the environment asks for: `COURSE` names its file, `SITE` the site's address.

    Raises VersionError if the file cannot be read, or the address is none.
    """
    version = read(root / os.environ[COURSE]) if os.environ.get(COURSE) else OwnVersion()
    site = os.environ.get(SITE) or version.site
    if site and not site.startswith(("https://", "http://")):
        raise VersionError(f"{site!r} is no address of a site. Write it whole, as in https://example.org/course.")
    return OwnVersion(version.file, version.title, version.institution, site, version.parts)


def read(path: Path) -> OwnVersion:
    """The version that a file describes. Raises VersionError with what is wrong in it."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise VersionError(
            f"{path.name} cannot be read: {error.strerror}. COURSE names the file of a version."
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise VersionError(f"{path.name}: this is not TOML: {error}. Correct it there or just before.") from error
    for key in told:
        if key not in KEYS:
            raise VersionError(f"{path.name}: there is no setting {key!r}. There are: {', '.join(KEYS)}.")
    words = {key: told.get(key, "") for key in KEYS if key != "lessons"}
    for key, value in words.items():
        if not isinstance(value, str):
            raise VersionError(f"{path.name}: {key} is to be words between quotation marks.")
    return OwnVersion(path.name, parts=_parts(path.name, told.get("lessons")), **words)


def _parts(file: str, lessons) -> dict[str, list[str]] | None:
    """Lessons by caption; None where the file chooses none, so that all stay."""
    if lessons is None:
        return None
    parts = lessons if isinstance(lessons, dict) else {CAPTION: lessons}
    for names in parts.values():
        if not (isinstance(names, list) and names and all(isinstance(name, str) for name in names)):
            raise VersionError(f'{file}: lessons are named in a list, as in lessons = ["first", "second"].')
    if not parts:
        raise VersionError(f"{file}: there is no lesson in it. Name one, or take `lessons` out to keep them all.")
    return parts

"""What an edition says of the book that it is made from."""

from __future__ import annotations

from coursebook import course
from coursebook.build import Build


def about(book: Build) -> dict[str, str]:
    """Title, subtitle, author, version, day, licence, language, id and address of the book; the address may be ''."""
    config, current = book.config(), course.current()
    return {
        "title": config["title"],
        "author": config["author"],
        "language": config["sphinx"]["config"].get("language", "en"),
        "base": (config.get("html") or {}).get("baseurl", ""),
        "subtitle": book.line() or current.subtitle,
        "version": current.version,
        "licence": current.licence,
        "released": course.data().package()["created"][:10],
        "id": current.distribution,
    }

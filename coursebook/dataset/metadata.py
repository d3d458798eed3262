"""Makes `datapackage.json` of what a person writes: `python -m coursebook.dataset.metadata`, which is `make metadata`.

In the dataset's folder, `meta/package.toml` describes the whole and lists the tables in their order; `meta/<table>.toml`
describes one table, with its columns in the order of the file. Everything that can be read off the files is added here:
rows, paths, formats. The version stands in `pyproject.toml` alone; `CITATION.cff` gets it too.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import tomllib
from pathlib import Path

from coursebook.dataset.errors import DataError
from coursebook.dataset.text import check_text

FOLDER, PACKAGE = "meta", "package"
_BOOLEAN = {"trueValues": ["true", "TRUE"], "falseValues": ["false", "FALSE"]}  # TRUE: what spreadsheets write


def descriptor(folder: Path, version: str) -> dict:
    """The Data Package descriptor of the dataset in `folder`, of the given version.

    Raises DataError, naming the file, for a description that is missing, no TOML or without a needed key.
    """
    package = _read(folder, PACKAGE)
    tables = _needed(package, "tables", folder, PACKAGE)
    resources = [_table(folder, name) for name in tables]
    files = [{**_file(name, **told), **told} for name, told in package.pop("files", {}).items()]
    del package["tables"]
    head = {"$schema": "https://datapackage.org/profiles/2.0/datapackage.json", **package}
    return {**_with_version(head, version), "resources": resources + files}


def _with_version(head, version):
    """`version` right after the title, where people look for it."""
    items = [(key, value) for key, value in head.items() if key != "version"]
    place = next(position for position, (key, _) in enumerate(items) if key == "title") + 1
    return dict([*items[:place], ("version", version), *items[place:]])


def _table(folder, name):
    told = _read(folder, name)
    columns = _needed(told, "columns", folder, name)
    path = folder / f"{name}.csv"
    schema = {"fields": [_field(column, of) for column, of in columns.items()], "primaryKey": ["id"]}
    schema |= {"missingValues": [""]} | told.get("schema", {})
    rest = {key: value for key, value in told.items() if key not in ("title", "description", "columns", "schema")}
    title, description = (_needed(told, key, folder, name) for key in ("title", "description"))
    about = {"name": name, "path": path.name, "title": title, "description": description, "type": "table"}
    return {**about, **_file(name, "csv", "text/csv"), "rows": _rows(path), **rest, "schema": schema}


def _file(name, format="", mediatype="", **_):
    return {"name": name, "format": format, "mediatype": mediatype, "encoding": "utf-8"}


def _field(name, told):
    return {"name": name, **told, **(_BOOLEAN if told.get("type") == "boolean" else {})}


def _rows(path):
    check_text(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def _read(folder, name):
    path = folder / FOLDER / f"{name}.toml"
    place = f"{folder.name}/{FOLDER}/{path.name}"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{place}: the file is missing. Restore it, or take {name!r} out of {PACKAGE}.toml.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{place}: this is not TOML: {error}. Correct it there.") from error


def _needed(told, key, folder, name):
    if key not in told:
        raise DataError(f"{folder.name}/{FOLDER}/{name}.toml: there is no {key!r}. Restore it.")
    return told[key]


def text(folder: Path, version: str) -> str:
    """`datapackage.json` as it should be. Raises DataError as `descriptor` does."""
    return json.dumps(descriptor(folder, version), ensure_ascii=False, indent=1) + "\n"


def version_of(root: Path) -> str:
    """The version that `pyproject.toml` gives."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def citation(root: Path, version: str) -> str:
    """`CITATION.cff` with the version in each of its places."""
    old = (root / "CITATION.cff").read_text(encoding="utf-8")
    return re.sub(r"^(\s*version:) .*$", rf"\1 {version}", old, flags=re.MULTILINE)


def main() -> int:
    """Write both files of the repository in the current folder, and say what changed."""
    root = Path.cwd()
    folder = root / "data"
    try:
        version = version_of(root)
        made = {folder / "datapackage.json": text(folder, version)}
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    if (root / "CITATION.cff").is_file():
        made[root / "CITATION.cff"] = citation(root, version)
    for path, content in made.items():
        place = path.relative_to(root)
        old = path.read_text(encoding="utf-8") if path.is_file() else ""
        if old == content:
            print(f"{place}: up to date")
            continue
        path.write_text(content, encoding="utf-8")
        print(f"{place}: written anew{_counts(old, content) if path.suffix == '.json' else ''}")
    return 0


def _counts(old, new):
    """Which tables have more or fewer rows than the old descriptor said; after a merge that one may not be JSON."""
    try:
        before, after = ({one["name"]: one.get("rows") for one in json.loads(each)["resources"]} for each in (old, new))
    except ValueError:
        return ""
    changed = [
        f"{name} {before.get(name) or 0} → {rows} rows" for name, rows in after.items() if rows != before.get(name)
    ]
    return f" ({', '.join(changed)})" if changed else ""


if __name__ == "__main__":
    sys.exit(main())

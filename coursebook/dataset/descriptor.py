"""What the descriptor of a dataset must be before its tables are read: well formed, and the one its descriptions make."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from coursebook.dataset import metadata
from coursebook.dataset.errors import DataError


def check_form(place: str, package: dict) -> None:
    """Raises DataError, naming the resource, for a descriptor without what every reader of it needs: `created`, a day;
    `resources`, each with a name of its own and the name of a file beside the descriptor; and a schema for each table.
    """
    if fault := next(_missing(package), None):
        raise DataError(_told(place, fault))


def _told(place, fault):
    return f"{place}: {fault}. Correct it in {place.partition('/')[0]}/{metadata.FOLDER} and run `make metadata`."


def _missing(package) -> Iterator[str]:
    if not isinstance(package, dict) or not isinstance(package.get("resources"), list):
        yield "there is no list of 'resources'"
        return
    try:
        datetime.date.fromisoformat(package["created"][:10])
    except (KeyError, TypeError, ValueError):
        yield "'created' is no day such as 2026-01-31"
    for number, resource in enumerate(package["resources"], start=1):
        if not isinstance(resource, dict) or not isinstance(name := resource.get("name"), str):
            yield f"resource {number} has no name"
            return
        path = resource.get("path")
        if not isinstance(path, str) or Path(path).name != path:
            yield f"the path of {name!r} is {path!r}, and not the name of a file beside it"
        if resource.get("type") == "table" and not isinstance(resource.get("schema"), dict):
            yield f"the table {name!r} has no schema"


def check_whole(folder: Path, package: dict, today: datetime.date | None = None) -> None:
    """Raises DataError for a descriptor that the Data Package standard refuses, that is dated after today, or, where
    `folder` has descriptions, that is not the one they make: a rule taken out of it would no longer be checked."""
    place = f"{folder.name}/datapackage.json"
    faults = [
        _told(place, one) for one in (*_later(package, today or datetime.date.today()), *_refused(folder, package))
    ]
    if (folder / metadata.FOLDER).is_dir() and package != metadata.descriptor(folder, package.get("version", "")):
        what = f"it is not what {folder.name}/{metadata.FOLDER} and the tables say"
        faults.append(f"{place}: {what}. Run `make metadata`, which writes it anew, and look at what changes.")
    if faults:
        raise DataError("\n".join(faults))


def _later(package, today):
    made = datetime.date.fromisoformat(package["created"][:10])
    if made > today + datetime.timedelta(days=1):  # it may be tomorrow already where it was made
        yield f"'created' is {made}, which is still to come"


def _refused(folder, package):
    """What frictionless finds against the standard."""
    from frictionless import Package, Resource  # here, because a dataset found right loads without it

    for resource in package["resources"]:
        for error in Resource.validate_descriptor(resource, basepath=str(folder)).errors:
            yield f"{resource['name']!r}: {error.note}"
    for error in Package.validate_descriptor({**package, "resources": package["resources"][:1]}).errors:
        yield error.note
    names = [resource["name"] for resource in package["resources"]]
    if twice := next((name for name in names if names.count(name) > 1), None):
        yield f"it describes {twice!r} twice"


def read_map(path: Path, digest: str | None) -> dict:
    """The base map in the file `path`. Raises DataError for one that is no TopoJSON, lacks a layer, or is not the one of
    which `digest` ('sha256:…') was written down: nothing but a slip changes it."""
    place = f"{path.parent.name}/{path.name}"
    try:
        content = path.read_bytes()
        found = json.loads(content)
    except OSError as error:
        raise DataError(f"{place}: the file is missing. Restore it.") from error
    except ValueError as error:
        raise DataError(f"{place}: this is not JSON. Restore the file.") from error
    now = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if digest and digest != now:
        raise DataError(
            f"{place}: this is another map than the one described. Restore the file; if it was changed on purpose, "
            f'write hash = "{now}" for base_map into {path.parent.name}/meta/package.toml and run `make metadata`.'
        )
    objects = found.get("objects") if isinstance(found, dict) else None
    for layer in ("countries", "governorates", "rivers", "lakes"):
        if not isinstance(objects, dict) or layer not in objects:
            raise DataError(f"{place}: the map has no layer {layer!r}. Restore the file.")
    return found

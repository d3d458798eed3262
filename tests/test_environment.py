"""The environment: what is pinned installs on every Python that is promised, and one that is not as it should be is made
anew. The latter in a small checkout, in a folder whose name is not ASCII, with one package beside its own."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# One small checkout serves them all; to make its environment takes too long for the author's loop.
pytestmark = [pytest.mark.xdist_group("environment"), pytest.mark.release]
PROMISED = ("3.11.2", "3.11.14", "3.12.0", "3.13.0")


def _pins() -> dict[Requirement, str]:
    """Every pin with the lines below it: its hashes."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    found = re.findall(r"^([^#\s].*?) \\\n((?:    --hash=.+\n)+)", text, re.M)
    return {Requirement(pin): hashes for pin, hashes in found}


def _holds(pin: Requirement, python: str) -> bool:
    return pin.marker is None or pin.marker.evaluate({"python_full_version": python})


def test_every_line_of_the_pins_names_one_version_and_its_hashes():
    """And no registry, as everybody has the one that pip is set to."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert len(_pins()) == sum(not line.startswith((" ", "#")) for line in lines)
    for pin, hashes in _pins().items():
        assert re.fullmatch(r"==[^*,]+", str(pin.specifier)), pin
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", part) for part in re.findall(r"--\S+", hashes))
    assert not [line for line in lines if "://" in line or line.startswith("-")]


@pytest.mark.parametrize("python", PROMISED)
def test_the_pins_hold_what_the_requirements_ask_for_once(python):
    versions = {}
    for pin in (pin for pin in _pins() if _holds(pin, python)):
        assert versions.setdefault(canonicalize_name(pin.name), pin) is pin, f"{pin.name} is pinned twice"
    asked = [line.partition("#")[0] for line in (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()]
    for requirement in map(Requirement, [*filter(str.strip, asked), *PROJECT["dependencies"]]):
        if not _holds(requirement, python):
            continue
        (pinned,) = versions[canonicalize_name(requirement.name)].specifier
        assert requirement.specifier.contains(pinned.version), f"{requirement}: run `make pins`"


@pytest.mark.parametrize("python", PROMISED)
def test_a_pin_takes_every_python_that_is_promised(python):
    """By what the packages here say of themselves: one of Debian's older Pythons once could not install the book."""
    assert SpecifierSet(PROJECT["requires-python"]).contains(python)
    here = {canonicalize_name(package.name): package for package in metadata.distributions()}
    for pin in (pin for pin in _pins() if _holds(pin, python)):
        package = here.get(canonicalize_name(pin.name))
        if package and pin.specifier.contains(package.version):
            takes = SpecifierSet(package.metadata.get("Requires-Python", ""))
            assert takes.contains(python), f"{pin} takes Python {takes} only"


# The Python -----------------------------------------------------------------------------------------------------------


def _environment(checkout: Path):
    """The module that makes the environment of `checkout`."""
    spec = importlib.util.spec_from_file_location("environment", checkout / "coursebook" / "environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("version", ["3.9.18", "3.10.13", "3.11.1", "3.14.0"])
def test_another_python_is_refused_with_its_version_what_is_needed_and_what_to_type(monkeypatch, version):
    environment = _environment(ROOT)
    info = tuple(int(part) for part in version.split("."))
    monkeypatch.setattr(environment, "sys", SimpleNamespace(version_info=info, executable="x/python3", exit=sys.exit))
    monkeypatch.setattr(environment, "_fits", lambda name, lowest, beyond: name == "python3.12")
    monkeypatch.setattr(environment, "VERSION", version)
    monkeypatch.setenv("MAKELEVEL", "1")
    with pytest.raises(SystemExit) as refused:
        environment.check_python()
    lowest, beyond = re.findall(r"[\d.]+", PROJECT["requires-python"])
    assert f"This is Python {version} (x/python3)" in refused.value.code
    assert f"needs Python {lowest} or newer, older than {beyond}" in refused.value.code
    assert refused.value.code.endswith("Type: make PYTHON=python3.12 book")


def test_an_old_python_can_read_the_sentence_that_refuses_it():
    ast.parse((ROOT / "coursebook" / "environment.py").read_text(encoding="utf-8"), feature_version=(3, 6))
    assert not [
        n
        for n in ast.walk(ast.parse((ROOT / "coursebook" / "__init__.py").read_text()))
        if "Import" in type(n).__name__
    ]


# The environment ------------------------------------------------------------------------------------------------------

# What builds the small checkout's own package: a wheel that leads to the checkout.
BACKEND = """
import pathlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    wheel = "course-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder, wheel), "w") as archive:
        archive.writestr("course.pth", str(pathlib.Path.cwd()))
        for name, text in {METADATA}.items():
            archive.writestr(f"course-1.0.dist-info/{name}", text)
    return wheel
"""


def _metadata(name: str) -> dict[str, str]:
    return {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": f"{name}/__init__.py,,\n",
    }


def _wheel(folder: Path, name: str, files: dict[str, str]) -> str:
    """Put version 1.0 of a package that holds `files` into `folder`; returns its pin."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
        for file, text in _metadata(name).items():
            archive.writestr(f"{name}-1.0.dist-info/{file}", text)
    return f"{name}==1.0 \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def _make(checkout: Path, *arguments, **variables) -> str:
    """What `make` says in `checkout` of the environment, which must succeed."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "PYTHON", "PIP_"))}
    settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(checkout.parent / "wheels"), "LC_ALL": "C", **variables}
    done = subprocess.run(
        ["make", "--silent", ".venv/.ready", *arguments],
        cwd=checkout,
        env=inherited | settings,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _runs(checkout: Path) -> bool:
    """Whether the environment's Python has the package pinned, and the checkout's own."""
    command = [str(checkout / ".venv/bin/python"), "-c", "import speck, coursebook"]
    return subprocess.run(command, cwd=checkout.parent, env={"LC_ALL": "C.UTF-8"}).returncode == 0


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, str]:
    """A small checkout with its environment, and what `make` said as it made that."""
    checkout = tmp_path_factory.mktemp("made") / "Kurs é"
    (checkout / "coursebook").mkdir(parents=True)
    for name in ("Makefile", "coursebook/__init__.py", "coursebook/environment.py"):
        shutil.copy(ROOT / name, checkout / name)
    (checkout / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        f'[project]\nname = "course"\nversion = "1.0"\nrequires-python = "{PROJECT["requires-python"]}"\n'
    )
    (checkout / "backend.py").write_text(BACKEND.replace("{METADATA}", repr(_metadata("course"))))
    (checkout.parent / "wheels").mkdir()
    modules = {"speck": {"speck/__init__.py": ""}, "uv": {"uv/__main__.py": "raise SystemExit(1)  # pip must do it"}}
    pins = [_wheel(checkout.parent / "wheels", name, files) for name, files in modules.items()]
    (checkout / "requirements.txt").write_text("\n".join(pins) + "\n")
    return checkout, _make(checkout, f"PYTHON={sys.executable}")


@pytest.fixture
def checkout(made, tmp_path) -> Path:
    """A copy of the small checkout, with an environment of its own."""
    copy = tmp_path / "course"
    shutil.copytree(made[0], copy, symlinks=True)
    shutil.copytree(made[0].parent / "wheels", tmp_path / "wheels")
    stamp = json.loads((copy / ".venv/.ready").read_text(encoding="utf-8"))
    (copy / ".venv/.ready").write_text(json.dumps(stamp | {"folder": str(copy.resolve())}))
    assert _environment(copy).fault() == ""
    return copy


def test_the_environment_is_made_once_in_a_folder_of_any_name_and_locale(made, tmp_path):
    checkout, said = made
    assert said == "Making the environment in .venv once: this takes a minute or two.\n"
    assert _runs(checkout)
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 1\n")  # the Python of the environment needs no other
    (tmp_path / "python3").chmod(0o755)
    assert _make(checkout, PATH=f"{tmp_path}:{os.environ['PATH']}") == ""


def _packages(checkout: Path) -> Path:
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(checkout / ".venv")}))


def _remade(name: str, value: str):
    def change(checkout):
        stamp = json.loads((checkout / ".venv/.ready").read_text())
        (checkout / ".venv/.ready").write_text(json.dumps(stamp | {name: value}))

    return change


DAMAGE = {
    "half made": (lambda c: (c / ".venv/.ready").unlink(), "it was left half-made"),
    "stamped by an older version": (lambda c: (c / ".venv/.ready").write_text(""), "it was left half-made"),
    "stamp cut off": (lambda c: (c / ".venv/.ready").write_text('{"python": "3.1'), "it was left half-made"),
    "without its Python": (lambda c: (c / ".venv/bin/python").unlink(), "its Python is gone"),
    "without pip": (lambda c: shutil.rmtree(_packages(c) / "pip"), "pip is gone from it"),
    "without a package": (lambda c: shutil.rmtree(_packages(c) / "speck"), "speck is gone from it"),
    "with another version": (
        lambda c: (_packages(c) / "speck-1.0.dist-info").rename(_packages(c) / "speck-0.9.dist-info"),
        "speck-1.0.dist-info is gone from it",
    ),
    "without packages": (lambda c: shutil.rmtree(_packages(c)), "is gone from it, as are "),
    "of another Python": (
        _remade("python", "3.13.0 (/opt/python3.13)"),
        "it was made by Python 3.13.0 (/opt/python3.13), and",
    ),
    "of another folder": (_remade("folder", "/home/student/course"), "it was made for the folder /home/student/course"),
    "of other pins": (lambda c: (c / "requirements.txt").open("a").write("#\n"), "requirements.txt has changed"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_fault_of_the_environment_is_noticed(checkout, damage):
    do, reason = DAMAGE[damage]
    do(checkout)
    assert reason in _environment(checkout).fault()


def test_an_environment_with_a_fault_is_made_anew_and_holds_the_pins_alone(checkout):
    (_packages(checkout) / "stranger.py").touch()
    assert _make(checkout) == "", "what a reader has added is no fault"
    shutil.rmtree(_packages(checkout) / "speck")
    assert _make(checkout) == "Making the environment in .venv anew: speck is gone from it.\n"
    assert _runs(checkout) and not (_packages(checkout) / "stranger.py").exists()


def test_what_the_package_says_of_itself_is_installed_again_alone(checkout):
    stamp = (checkout / ".venv/.ready").read_text()
    with (checkout / "pyproject.toml").open("a") as settings:
        settings.write("# changed\n")
    (_packages(checkout) / "stranger.py").touch()
    assert _make(checkout) == ""
    assert _runs(checkout) and (_packages(checkout) / "stranger.py").exists()
    assert (checkout / ".venv/.ready").read_text() != stamp

"""Makes the environment `.venv` of this checkout: `python -m coursebook.environment`, which `make` runs before all else.

An environment stands while its stamp does: made by this Python, for this folder, from these pins, and nothing gone
from it. Else it is made anew, with one sentence that says why; so it holds what `requirements.txt` pins, and a package
that is pinned no more goes. Where only the package's own metadata has changed, the package alone is installed again.

Nothing but the standard library, as nothing is installed yet; and written so that Python 3.6 can read it, as a Python
that is too old must come as far as the sentence that says so.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / ".ready"
VERSION = sys.version.split()[0]
PINS, METADATA = "requirements.txt", "pyproject.toml"
FAILED = "The environment was not made, for the reason above. Mend that and give the same command again."


def check_python() -> None:
    """Stop, before anything is made, if this Python is not one that `pyproject.toml` promises."""
    promised = r'requires-python = ">=([\d.]+),<([\d.]+)"'
    texts = re.search(promised, (ROOT / METADATA).read_text(encoding="utf-8")).groups()
    lowest, beyond = (tuple(int(number) for number in text.split(".")) for text in texts)
    if not lowest <= sys.version_info[:3] < beyond:
        sys.exit(
            f"This is Python {VERSION} ({sys.executable}), but the book needs Python {texts[0]} or newer, "
            f"older than {texts[1]}. {_advice(lowest, beyond)}"
        )
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        sys.exit(
            f"Python {VERSION} ({sys.executable}) lacks its modules venv and ensurepip, which make environments. "
            "Install them (Debian, Ubuntu: apt-get install python3-venv) and give the same command again."
        )


def _advice(lowest: tuple, beyond: tuple) -> str:
    """What to type, with a Python of the right kind that is there or, if none is, can be had."""
    names = [f"python3.{minor}" for minor in reversed(range(lowest[1], beyond[1]))]
    found = [name for name in names if _fits(name, lowest, beyond)]
    name = (found or names)[0]
    command = f"make PYTHON={name} book" if "MAKELEVEL" in os.environ else f"{name} -m coursebook.environment"
    return f"Type: {command}" if found else f"Install one from python.org/downloads, then type: {command}"


def _fits(name: str, lowest: tuple, beyond: tuple) -> bool:
    """Whether the command `name` starts a Python of the right kind: pyenv has stand-ins that start none."""
    question = f"import sys; sys.exit(not {lowest} <= sys.version_info[:3] < {beyond})"
    return bool(shutil.which(name)) and not subprocess.call([name, "-c", question], stderr=subprocess.DEVNULL)


def fault() -> str:
    """Why `.venv` must be made anew; empty if it need not."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        made = {name: stamp[name] for name in ("python", "folder", "pins", "contents")}
    except (OSError, ValueError, TypeError, KeyError):
        return "it was left half-made"
    if not os.access(str(PYTHON), os.X_OK):
        return "its Python is gone"
    if made["python"] != f"{VERSION} ({_base()})":
        return f"it was made by Python {made['python']}, and this is Python {VERSION} ({_base()})"
    if made["folder"] != str(ROOT):
        return f"it was made for the folder {made['folder']}"
    if made["pins"] != _digest(PINS):
        return f"{PINS} has changed"
    gone = sorted(set(made["contents"]) - set(_contents()))
    return f"{gone[0]} is gone from it" + (f", as are {len(gone) - 1} more" if len(gone) > 1 else "") if gone else ""


def make() -> None:
    """Make the environment from nothing."""
    STAMP.unlink(missing_ok=True)
    _run(_base(), "-m", "venv", "--clear", VENV)
    _install_pins()
    install_package()


def _install_pins() -> None:
    """With uv, in a third of pip's time; with pip where uv cannot, as where pip is set to a registry unknown to uv."""
    pin = VENV / "uv.txt"
    pin.write_text("".join(re.findall(r"^uv==(?:.*\\\n)*.*", (ROOT / PINS).read_text(encoding="utf-8"), re.M)))
    _pip("--require-hashes", "-r", pin)
    sync = [PYTHON, "-m", "uv", "pip", "sync", "--python", PYTHON, "--require-hashes", "--compile-bytecode", PINS]
    if subprocess.call([str(part) for part in sync], cwd=str(ROOT), stderr=subprocess.DEVNULL):
        _pip("--require-hashes", "-r", PINS)


def install_package() -> None:
    """Install the package of this checkout in place, and note what the environment was made from."""
    _pip("--no-build-isolation", "-e", ".")
    made = {"python": f"{VERSION} ({_base()})", "folder": str(ROOT), "pins": _digest(PINS), "contents": _contents()}
    STAMP.write_text(json.dumps({**made, "metadata": _digest(METADATA)}, indent=1), encoding="utf-8")


def _pip(*arguments) -> None:
    """Install without a look at what packages require of one another, as the pins are complete."""
    _run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", *arguments)


def _run(*command) -> None:
    if subprocess.run([str(part) for part in command], cwd=str(ROOT)).returncode:
        sys.exit(FAILED)


def _base() -> str:
    """This Python, or the one that it was made by if it is that of an environment, as where `.venv` is activated."""
    return os.path.realpath(sys._base_executable)


def _digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def _contents() -> list:
    """The names of all that is installed, modules as well as their metadata; but pip may renew itself."""
    packages = sysconfig.get_path("purelib", "venv", {"base": str(VENV)})
    names = os.listdir(packages) if os.path.isdir(packages) else []
    return sorted(name for name in names if not name.startswith(("pip-", "__pycache__")))


def main() -> None:
    check_python()
    sys.stdout.reconfigure(errors="backslashreplace")  # a folder's name may hold letters that the terminal lacks
    reason = fault()
    if reason:
        again = f"anew: {reason}" if VENV.exists() else "once: this takes a minute or two"
        print(f"Making the environment in .venv {again}.", flush=True)
        make()
    elif json.loads(STAMP.read_text(encoding="utf-8"))["metadata"] != _digest(METADATA):
        install_package()


if __name__ == "__main__":
    main()

"""The lessons' downloads run with the oldest and with the newest versions of what the package says it takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ROOT
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from test_lab import MOVE_EVERY_CONTROL
from test_notebooks import LESSONS

from coursebook.editions.notebooks import built


def _uv(*arguments) -> str:
    return subprocess.run(
        [sys.executable, "-m", "uv", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(params=["lowest-direct", "highest"])
def kernel(request, tmp_path, monkeypatch) -> str:
    """A kernel with the lowest or the highest versions of what the package needs, and nothing of the book."""
    python = tmp_path / "environment/bin/python"
    _uv("venv", "--quiet", "--python", sys.executable, python.parents[1])
    install = ("pip", "install", "--quiet", "--python", python, "--only-binary", ":all:")
    _uv(*install, "--resolution", request.param, "--requirements", "pyproject.toml")
    _uv(*install, "ipykernel")
    specification = tmp_path / "kernels" / request.param / "kernel.json"
    specification.parent.mkdir(parents=True)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    specification.write_text(json.dumps({"argv": command, "display_name": request.param, "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return request.param


@pytest.mark.release
def test_every_download_runs(site, kernel, tmp_path):
    """Side by side, in one kernel per core: to start and import eleven times would take three times as long."""

    def faults(pages: list[Path]) -> list[str]:
        cells = [
            new_code_cell(cell.source, metadata={"lesson": page.stem})
            for page in pages
            for cell in built(ROOT, page).cells
            if cell.cell_type == "code"
        ]
        cells.append(new_code_cell(MOVE_EVERY_CONTROL, metadata={"lesson": "moving the controls"}))
        notebook, folder = new_notebook(cells=cells), {"metadata": {"path": str(tmp_path)}}
        NotebookClient(notebook, timeout=180, allow_errors=True, kernel_name=kernel, resources=folder).execute()
        errors = [(cell, out) for cell in cells for out in cell.outputs if out.output_type == "error"]
        return [
            f"{cell.metadata['lesson']}: {out.ename}: {out.evalue}, in\n{cell.source[-500:]}" for cell, out in errors
        ]

    cores = min(os.cpu_count(), len(LESSONS))
    with ThreadPoolExecutor(cores) as pool:
        found = pool.map(faults, [LESSONS[start::cores] for start in range(cores)])
    assert [fault for some in found for fault in some] == []

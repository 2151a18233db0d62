"""The wheel alone is the whole product: built, installed where no checkout is, and started."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from banjie.demo.run import free_port
from tests.demo_runs import Demo
from tests.test_repository import ROOT, SOURCE, our_files

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    """The output of a command in a bare environment: nothing of this checkout leads into it."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**kept, "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the tools of the development lock, so that nothing is fetched."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel's own banjie, and borrows this one's third-party packages.

    The .pth file is written after the installation, so that pip does not meet the editable banjie of this
    environment. That one stays out of reach: it hangs on a .pth file too, and those are not followed.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    run(
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python),
        *("install", "--no-deps", "--no-index", wheel),
        cwd=folder,
    )
    (own,) = (folder / "lib").glob("python3.*/site-packages")
    (own / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return folder


def test_everything_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {path.relative_to(SOURCE.parent).as_posix() for path in our_files() if SOURCE in path.parents}
    assert not sorted(wanted - inside)
    for part in ("content/items/", "content/documents/", "content/calendars/", "web/templates/", "web/static/"):
        assert any(name.startswith(f"banjie/{part}") for name in inside), part


def test_nothing_but_the_package_is_in_the_wheel(wheel: Path) -> None:
    inside = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/", 1)[0].split("-", 1)[0] for name in inside} == {"banjie"}
    assert not [name for name in inside if "__pycache__" in name or name.endswith(".pyc")]
    assert any(name.endswith("dist-info/licenses/LICENSE") for name in inside)


def test_the_installed_command_knows_its_own_package(elsewhere: Path) -> None:
    place = run(elsewhere / "bin" / "python", "-c", "import banjie; print(banjie.__file__)", cwd=elsewhere)
    assert Path(place.strip()).is_relative_to(elsewhere)
    assert "demo" in run(elsewhere / "bin" / "banjie", "--help", cwd=elsewhere)


def test_the_wheel_opens_the_city_with_no_checkout_beside_it(elsewhere: Path) -> None:
    demo = Demo((elsewhere / "bin" / "banjie",))
    try:
        demo.start("--port", str(free_port(18300)))
        status, page = demo.get("/")
        assert status == 200
        assert "<h1" in page
        assert demo.stop() == 0
        assert demo.gone_within(1) == []
    finally:
        demo.close()

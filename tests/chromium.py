"""Which Chromium the tests draw pages with: the lightest of those that are here.

The headless shell draws as the whole browser does and has no windows of its own to keep; journeys take two thirds of
the time with it. Where it is not installed, the browser itself serves.
"""

import shutil
import subprocess
from pathlib import Path

WHOLE = Path("/usr/bin/chromium")


def lightest() -> Path:
    """The headless shell of the system, or the one that came with the browser; else the browser."""
    shell = shutil.which("chromium-headless-shell")
    found = [Path(shell)] if shell else []
    # A download of Playwright's keeps both side by side: chromium-1255/…/chrome, chromium_headless_shell-1255/….
    of_browser = [part for part in WHOLE.resolve().parts if part.startswith("chromium-")]
    if of_browser:
        home = Path(*WHOLE.resolve().parts[: WHOLE.resolve().parts.index(of_browser[0])])
        number = of_browser[0].removeprefix("chromium-")
        found += home.glob(f"chromium_headless_shell-{number}/*/*headless?shell")
    return next((one for one in found if _runs(one)), WHOLE)


def _runs(program: Path) -> bool:
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return asked.returncode == 0


CHROMIUM = lightest()

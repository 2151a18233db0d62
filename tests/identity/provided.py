"""A certified OpenID provider beside the town's site: made-up people, a real exchange."""

import json
import os
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "provider"
CLIENT: Final = "banjie"
SECRET: Final = "a secret of the tests"

PEOPLE: Final = {
    "linzhao": {"name": "林照", "citizen_id": "990102198804120010", "real_name_level": "L3"},
    "newcomer": {"name": "𬭼䶮", "citizen_id": "990102199001010015", "real_name_level": "L2"},
    "weak": {"name": "夏春禾", "citizen_id": "990102198210180040", "real_name_level": "L1"},
    "renamed": {"name": "周一博", "citizen_id": "990121199507060035", "real_name_level": "L3"},
    "numberless": {"name": "何无号", "citizen_id": "12345", "real_name_level": "L3"},
}


@dataclass(frozen=True, slots=True)
class Provided:
    """A running provider."""

    issuer: str

    def tamper(self, how: str) -> None:
        """Makes the next ID token wrong in one way."""
        with urllib.request.urlopen(f"{self.issuer}/tamper/{how}", data=b"", timeout=10) as answer:  # noqa: S310 — our own server on this machine.
            assert answer.status == 200


def why_not() -> str:
    """What is missing for a provider to run here, "" when nothing is."""
    if shutil.which("node") is None:
        return "没有 node：请运行 scripts/setup.sh test"
    if not (FOLDER / "node_modules" / "oidc-provider").is_dir():
        return "没有 oidc-provider：请运行 scripts/setup.sh test"
    return ""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def provider(site: str) -> Iterator[Provided]:
    """A provider that knows the site as its client."""
    port = free_port()
    issuer = f"http://localhost:{port}"
    environment = {
        "PATH": os.environ["PATH"],
        "PORT": str(port),
        "ISSUER": issuer,
        "CLIENT_ID": CLIENT,
        "CLIENT_SECRET": SECRET,
        "REDIRECT": json.dumps([f"{site}/accounts/national/callback/"]),
        "AFTER": json.dumps([f"{site}/"]),
        "PEOPLE": json.dumps(PEOPLE),
    }
    process = subprocess.Popen(
        ["node", "server.mjs"], cwd=FOLDER, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = ""
        while "ready" not in line:
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
        yield Provided(issuer)
    finally:
        process.terminate()
        process.communicate(timeout=10)

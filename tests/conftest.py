"""What all tests share: one embedded PostgreSQL a process, the town in it, how tests are named.

The tests of a file stay in one process (`--dist loadfile`), in their order: files may tell a story. Files know nothing
of each other: each begins in a city that has just been founded.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from banjie.actions.platform import Platform
    from banjie.records.embedded import EmbeddedPostgres
    from tests.town import Town

SERVER = pytest.StashKey["EmbeddedPostgres"]()


def pytest_configure(config: pytest.Config) -> None:
    """Starts this process's database and points the settings at it before anything of Django is imported."""
    if config.option.collectonly or _only_deals_out(config):
        return
    from banjie.records.embedded import EmbeddedPostgres

    # A property is about what is true, not about how fast this machine is today.
    settings.register_profile("banjie", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("banjie")
    data = Path(tempfile.mkdtemp(prefix="banjie-tests-"))
    server = EmbeddedPostgres(data, settings={"fsync": "off"})
    server.start()
    config.stash[SERVER] = server
    os.environ.update(
        DJANGO_SETTINGS_MODULE="banjie.settings",
        DJANGO_ALLOW_ASYNC_UNSAFE="true",  # Playwright runs a loop in the thread in which its tests use the ORM.
        BANJIE_DATABASE_URL=server.url("banjie_app"),
        BANJIE_OWNER_URL=server.url("banjie_owner"),
        BANJIE_DATA=str(data),
        BANJIE_DEMO="1",
    )
    import django

    django.setup()
    import tests.fresh  # noqa: F401 — it listens for connections from the first one on.


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the database and takes its folder away."""
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.stop()
        shutil.rmtree(server.data, ignore_errors=True)


def _only_deals_out(config: pytest.Config) -> bool:
    """Whether this is the process of pytest-xdist that runs no test itself."""
    return bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")


@pytest.fixture(scope="session")
def database_server(request: pytest.FixtureRequest) -> "EmbeddedPostgres":
    """The database of this process, with all tables and 澜江市 founded in it; what the tests of a file start from."""
    from datetime import date

    from banjie.records.upkeep import migrate
    from tests.fresh import keep_as_founded
    from tests.town import found

    server = request.config.stash[SERVER]
    migrate(server.url("banjie_owner"), date(2026, 11, 24))
    found()
    keep_as_founded(server)
    return server


@pytest.fixture(scope="module")
def town(database_server: "EmbeddedPostgres") -> "Town":
    """澜江市: its officials, people and items, and the verbs with which tests act in it. No cases yet.

    Every file of tests has it as it was founded: what one file leaves behind is gone before the next begins.
    """
    from tests.fresh import as_founded
    from tests.town import town

    as_founded(database_server)
    return town()


@pytest.fixture(scope="module")
def platform(town: "Town") -> "Platform":
    """The town's platform."""
    return town.platform


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first: at the end only short ones are left, and no process waits long for another."""
    long = {item.path for item in items if item.path.parent.name == "journeys" or item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name bytes in a test's id as text: with ids left unescaped (pyproject.toml), pytest trips over bytes.

    Bytes that are no short text are just called so: an archive made anew bears the hour in which it was made, and
    then two processes would not agree on the names of the same tests.
    """
    if not isinstance(val, bytes):
        return None
    return ascii(val)[2:-1] if len(val) <= 40 and val.isascii() else "bytes"

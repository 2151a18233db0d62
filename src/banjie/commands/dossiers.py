"""`banjie export case … --out FILE.zip`, `banjie verify FILE`, `banjie journal …`: packages of files, daily seals."""

import argparse
from pathlib import Path

from banjie.actions import dossier_zip
from banjie.commands.answers import Trouble, told
from banjie.commands.connecting import database
from banjie.engine import dossiers


def export(arguments: argparse.Namespace, number: str, out: Path) -> int:
    """The whole case as a package. To be called with the database set up."""
    from banjie.actions.dossiers import compose  # noqa: PLC0415 — set up first.
    from banjie.engine.subject import Refused  # noqa: PLC0415 — set up first.
    from banjie.wiring import platform  # noqa: PLC0415 — set up first.

    holding = dossiers.Holding(arguments.papers)
    draft = out.with_name(f"{out.name}.part")
    try:
        with draft.open("wb") as file:
            members = compose(platform(), file, number[:6], number, holding=holding, made_for="command")
        draft.replace(out)
    except OSError as error:
        raise Trouble(f"写不了文件 {out}（{error.strerror}）。请换一个可写的路径。") from None
    except Refused as refused:
        raise Trouble(f"{refused.reason}。{refused.remedy}。") from None
    finally:
        draft.unlink(missing_ok=True)
    print(f"办件 {number} 的案卷共 {members} 个文件，已写入 {out}")
    return 0


def verify(file: Path, root: Path | None) -> int:
    """One or two sentences; 0 if the package holds, 1 naming the file in it that does not."""
    with told():
        try:
            with file.open("rb") as source:
                files = dossier_zip.read(source)
            given = root.read_bytes() if root else None
        except OSError as error:
            raise Trouble(f"读不到文件 {error.filename}（{error.strerror}）。请核对路径和权限。") from None
        except dossier_zip.BadPackage as bad:
            print(bad)
            return 1
    verdict = dossiers.verify(files)
    print(verdict.sentence)
    if not verdict.ok:
        return 1
    return _check_signature(files, given)


def _check_signature(files: dict[str, bytes], given: bytes | None) -> int:
    """The seal, where the library for it is there: the package says by itself only that it belongs together."""
    try:
        import pyhanko  # noqa: F401, PLC0415 — the rest of the check needs the standard library alone.
    except ImportError:
        print("没有核对电子签名：本机没有安装 pyhanko。内容、日志和期限已经核对。")
        return 0
    from banjie.outside.seals import check_detached  # noqa: PLC0415 — the same.

    content, signature, packed = dossiers.signed_parts(files)
    report = check_detached(content, signature, given or packed)
    print(f"电子签名：{report.sentence}")
    if given is None and report.valid:
        print("根证书是案卷自带的；要确认由谁签署，请用 --root 给出从办理机关取得的根证书再核验一次。")
    return 0 if report.valid else 1


def days(arguments: argparse.Namespace) -> int:
    """Every daily seal, held against the journal; 1 when one does not fit."""
    with told(), database(arguments.data):
        from banjie.actions.day_seals import check_days  # noqa: PLC0415 — set up first.
        from banjie.outside.seals import check_detached  # noqa: PLC0415 — set up first.
        from banjie.wiring import platform  # noqa: PLC0415 — set up first.

        here, wrong = platform(), 0
        checked = check_days(here)
        for one in checked:
            row = one.row
            report = check_detached(row.seal.said.encode(), row.signature, here.seals.trust_root_pem())
            trouble = one.trouble or ("" if report.valid else f"签名：{report.sentence}")
            wrong += bool(trouble)
            counts = f"{row.seal.entries} 条记录，{row.seal.subjects} 个对象"
            print(f"第 {row.seal.number} 号 {row.seal.day} {counts} {row.hash[:16]} {trouble or '无误'}")
        if not checked:
            print("还没有日封存。后台程序每天零点过后自动封存；要现在封存，请运行 banjie journal seal-day。")
    print(f"checked {len(checked)} seals, {wrong} wrong")
    return 1 if wrong else 0


def seal_day(arguments: argparse.Namespace) -> int:
    """Seals what has happened up to now."""
    with told(), database(arguments.data):
        from banjie.actions.day_seals import seal_now  # noqa: PLC0415 — set up first.
        from banjie.wiring import platform  # noqa: PLC0415 — set up first.

        here = platform()
        seal = seal_now(here, here.today(), here.now())
    if seal is None:
        print("没有需要封存的新记录。")
    else:
        print(f"已封存：第 {seal.number} 号，{seal.entries} 条记录，{seal.subjects} 个对象，校验值 {seal.hash}")
    return 0

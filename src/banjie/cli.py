"""The operator's door. What a command needs is loaded when it is asked for, so that help costs nothing.

Exit codes: 0 done, 1 the answer is no or the work failed (one sentence says why), 2 wrongly called.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

Run = Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks Chinese where it speaks of itself."""

    def __init__(self, **settings: object) -> None:
        super().__init__(add_help=False, allow_abbrev=False, **settings)  # type: ignore[arg-type]  # handed through
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示帮助")

    def format_usage(self) -> str:
        """The line on how to call."""
        return super().format_usage().replace("usage:", "用法：", 1)

    def format_help(self) -> str:
        """The whole help."""
        return super().format_help().replace("usage:", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        """Says what is wrong with the call and how to find out more."""
        for said, words in _SAID:
            message = message.replace(said, words)
        print(f"{message}\n请运行 {self.prog} --help 查看用法。", file=sys.stderr)
        sys.exit(2)


_SAID = (
    ("the following arguments are required:", "缺少参数："),
    ("unrecognized arguments:", "不认识的参数："),
    ("argument ", "参数 "),
    ("expected one argument", "后面缺少一个值"),
    ("expected at least one argument", "后面缺少值"),
    ("invalid choice:", "不能是"),
    ("choose from", "可选："),
    ("one of the arguments", "必须给出其中一个："),
    ("is required", ""),
)


WHOLE = "file"
_VERIFIED = ("proof", "journal", WHOLE)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given[:1] == ["verify"] and given[1:] and not given[1].startswith("-") and given[1] not in _VERIFIED:
        given.insert(1, WHOLE)  # `banjie verify FILE` finds out by itself what the file is.
    arguments = parser().parse_args(given)
    try:
        return int(arguments.run(arguments))
    except BrokenPipeError:
        # Whoever read our output has had enough (head): nothing to complain about.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("已中断。", file=sys.stderr)
        return 1


def parser() -> Parser:
    """Every command with its arguments."""
    whole = Parser(
        prog="banjie",
        description="办结：城市行政审批和项目服务系统。",
        epilog="第一次使用请运行 banjie demo。",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"banjie {version('banjie')}", help="显示版本")
    commands = whole.add_subparsers(title="命令", metavar="命令", required=True, parser_class=Parser)
    _service(commands)
    _law(commands)
    _journal(commands)
    _city(commands)
    _items(commands)
    _elsewhere(commands)
    _doors(commands)
    _bench(commands)
    return whole


def _add(commands: "argparse._SubParsersAction[Parser]", name: str, words: str, run: Run | None = None) -> Parser:
    one = commands.add_parser(name, help=words, description=f"{words}。")
    if run is not None:
        one.set_defaults(run=run)
    return one


def _group(
    commands: "argparse._SubParsersAction[Parser]", name: str, words: str
) -> "argparse._SubParsersAction[Parser]":
    one = _add(commands, name, words)
    return one.add_subparsers(title="命令", metavar="命令", required=True, parser_class=Parser)


def _later(module: str, name: str) -> Run:
    """The function of a module that is loaded when the command runs."""

    def run(arguments: argparse.Namespace) -> int:
        found: Run = getattr(import_module(module), name)
        return found(arguments)

    return run


def _with_database(one: Parser) -> Parser:
    one.add_argument(
        "--data", type=Path, metavar="目录", help="没有设置 BANJIE_DATABASE_URL 时，使用这个目录里正在运行的演示"
    )
    return one


# --- running it ---


def _service(commands: "argparse._SubParsersAction[Parser]") -> None:
    demo = _add(commands, "demo", "启动演示城市澜江市：数据库、网页、后台", _later("banjie.commands.service", "demo"))
    demo.add_argument("--port", type=_port, default=8000, metavar="端口", help="网页端口，默认 8000；被占用时用下一个")
    demo.add_argument("--data", type=Path, metavar="目录", help="数据目录，默认 ./.demo")
    demo.add_argument("--reset", action="store_true", help="先清空数据目录，重新建城")

    serve = _add(commands, "serve", "提供网页和接口", _later("banjie.commands.service", "serve"))
    serve.add_argument("--host", default="127.0.0.1", metavar="地址", help="监听地址，默认 127.0.0.1")
    serve.add_argument("--port", type=_port, default=8000, metavar="端口", help="监听端口，默认 8000")
    serve.add_argument("--workers", type=_positive, default=2, metavar="数量", help="进程数，默认 2")

    _add(commands, "worker", "运行后台：跟随日志、到期处理、制作文书", _later("banjie.commands.service", "worker"))
    _add(commands, "migrate", "建立或更新数据库表", _later("banjie.commands.service", "migrate"))


# --- law and proof ---


def _law(commands: "argparse._SubParsersAction[Parser]") -> None:
    clock = _group(commands, "clock", "计算法定期限")
    due = _add(clock, "due", "计算到期日，第一行只有日期", _later("banjie.commands.clock", "due"))
    due.add_argument("--region", required=True, metavar="区划", help="行政区划代码，例如 990100")
    due.add_argument("--from", dest="event_on", required=True, type=_day, metavar="日期", help="起算事件日，当日不计")
    due.add_argument("--days", required=True, type=_count, metavar="天数", help="期限天数，0 为即办")
    due.add_argument(
        "--unit", choices=("working", "calendar"), default="working", help="working 工作日（默认），calendar 自然日"
    )
    due.add_argument(
        "--pause",
        action="append",
        default=[],
        type=_pause,
        metavar="A..B",
        help="特别程序停止计算的起止日，可以重复；B 当日恢复计算，省略 B 表示仍在进行",
    )
    due.add_argument("--today", type=_day, metavar="日期", help="计算到哪一天，默认为到期日或仍在暂停时的今天")
    due.add_argument("--proof", nargs="?", const="-", metavar="文件", help="输出凭证 JSON；给出文件名则写入文件")

    verify = _group(commands, "verify", "离线核验凭证和日志")
    proof = _add(verify, "proof", "核验期限凭证", _later("banjie.commands.verify", "proof_"))
    proof.add_argument("file", type=Path, metavar="文件", help="凭证 JSON，- 为标准输入")
    journal = _add(verify, "journal", "核验导出的日志", _later("banjie.commands.verify", "journal"))
    journal.add_argument("file", type=Path, metavar="文件", help="banjie export 导出的 JSON，- 为标准输入")
    whole = _add(verify, WHOLE, "核验任何一种导出的文件：案卷、日志、凭证", _later("banjie.commands.verify", "file_"))
    whole.add_argument("file", type=Path, metavar="文件", help="案卷（.zip）、日志或凭证")
    whole.add_argument("--root", type=Path, metavar="证书", help="从办理机关取得的根证书（PEM），用来核对案卷由谁签署")


# --- what has happened, taken out and sealed ---


def _journal(commands: "argparse._SubParsersAction[Parser]") -> None:
    export = _group(commands, "export", "导出")
    case = _with_database(
        _add(export, "case", "导出一个办件的全部日志、文书和期限凭证", _later("banjie.commands.journal", "export_case"))
    )
    case.add_argument("number", metavar="办件编号")
    case.add_argument("--out", type=Path, metavar="文件", help="写入文件，默认输出到屏幕；以 .zip 结尾时写出完整的案卷")
    case.add_argument(
        "--papers",
        choices=("content", "hashes"),
        default="content",
        help="案卷里放申请材料本身（content，默认），还是只放校验值（hashes）",
    )
    history = _with_database(
        _add(
            export,
            "history",
            "导出证照、审前服务、授权等的全部日志",
            _later("banjie.commands.journal", "export_history"),
        )
    )
    history.add_argument("kind", metavar="种类", help="例如 审前服务、证照、授权、数据查询、数据异议、预约")
    history.add_argument("name", metavar="编号", help="证照和审前服务可用编号，其他用标识")
    history.add_argument("--region", default="", metavar="区划", help="默认为本市")
    history.add_argument("--out", type=Path, metavar="文件", help="写入文件，默认输出到屏幕")

    _with_database(
        _add(commands, "replay", "重放全部日志，与库中状态逐一比较", _later("banjie.commands.journal", "replay"))
    )

    figures = _group(commands, "figures", "领导看板的计数")
    _with_database(_add(figures, "rebuild", "全部重新计数", _later("banjie.commands.figures", "rebuild")))
    _with_database(_add(figures, "check", "重新计数并与现有的比较", _later("banjie.commands.figures", "check")))

    journal = _group(commands, "journal", "日志的日封存")
    _with_database(_add(journal, "days", "逐日核对日封存与日志", _later("banjie.commands.dossiers", "days")))
    _with_database(
        _add(journal, "seal-day", "现在就封存尚未封存的记录", _later("banjie.commands.dossiers", "seal_day"))
    )


# --- a city's data ---


def _city(commands: "argparse._SubParsersAction[Parser]") -> None:
    found = _with_database(
        _add(commands, "found", "从文件建立一个城市：区划、机关、人员、单位", _later("banjie.commands.city", "found"))
    )
    found.add_argument(
        "--city", required=True, type=Path, metavar="文件", help="城市文件（YAML），格式见 docs/reference/packs.md"
    )


def _items(commands: "argparse._SubParsersAction[Parser]") -> None:
    calendars = _group(commands, "calendars", "工作日历")
    taken = _with_database(
        _add(calendars, "import", "把放假安排读入草稿", _later("banjie.commands.calendars", "import_file"))
    )
    taken.add_argument("file", type=Path, metavar="文件", help="holiday-cn 格式的年度文件，或本系统的日历文件（JSON）")
    taken.add_argument("--region", default="000000", metavar="区划", help="读入哪个地区的日历，默认 000000（全国）")
    taken.add_argument("--account", required=True, metavar="账号", help="以谁的名义起草；须由另一个人在页面上公布")
    _with_database(_add(calendars, "list", "各地区现行的日历", _later("banjie.commands.calendars", "show")))

    items = _group(commands, "items", "事项清单")
    imported = _with_database(
        _add(items, "import", "导入其他系统的事项清单", _later("banjie.commands.items", "import_items"))
    )
    imported.add_argument(
        "file", type=Path, metavar="文件", help="JSON、JSON Lines 或 Excel 文件，或一个事项包（YAML）"
    )
    imported.add_argument(
        "--mapping", metavar="名称", help="别的系统的文件用哪张对应表，例如 guangdong；办结自己导出的文件不用写"
    )
    imported.add_argument("--report", type=Path, metavar="文件", help="逐行报告（.csv 或 .jsonl）")
    imported.add_argument("--region", default="990100", metavar="区划", help="导入到哪个区划，默认 990100")
    exported = _with_database(
        _add(items, "export", "导出事项，再导入不会有变化", _later("banjie.commands.items", "export_items"))
    )
    exported.add_argument("file", type=Path, metavar="文件", help="以 .json 或 .xlsx 结尾")
    exported.add_argument("--region", default="", metavar="区划", help="只导出这个区划的")
    exported.add_argument("--organ", default="", metavar="机关代码", help="只导出这个机关的")
    exported.add_argument(
        "--state", default="", metavar="状态", help="只导出这个状态的版本，例如 published；默认各事项最新一版"
    )
    filled = _add(items, "template", "写出一张给人填写的 Excel 模板", _later("banjie.commands.items", "template"))
    filled.add_argument("file", type=Path, metavar="文件", help="以 .xlsx 结尾")
    check = _add(items, "check", "检查一个目录里的事项文件", _later("banjie.commands.items", "check"))
    check.add_argument("folder", nargs="?", type=Path, metavar="目录", help="默认检查自带的事项")


def _elsewhere(commands: "argparse._SubParsersAction[Parser]") -> None:
    elsewhere = _group(commands, "cases", "部门自有系统的办件")
    told = _with_database(
        _add(elsewhere, "import", "归集其他系统的办件", _later("banjie.commands.cases", "import_cases"))
    )
    told.add_argument("file", type=Path, metavar="文件", help="CSV、Excel、JSON Lines 或 XES 文件")
    told.add_argument("--mapping", required=True, metavar="名称", help="对应表的名称或文件，例如 department")
    told.add_argument("--report", type=Path, metavar="文件", help="逐行报告（.csv、.html 或 .jsonl）")
    told.add_argument("--region", default="", metavar="区划", help="没有区划列时归入哪个区划，默认本市")


def _doors(commands: "argparse._SubParsersAction[Parser]") -> None:
    flow = _group(commands, "flow", "流程分析")
    logged = _with_database(
        _add(flow, "export", "导出全部办件的过程日志", _later("banjie.commands.flow", "export_flow"))
    )
    logged.add_argument(
        "--format", choices=("xes", "ocel"), required=True, help="xes（IEEE 1849）或 ocel（OCEL 2.0 JSON）"
    )
    logged.add_argument("--out", type=Path, required=True, metavar="文件", help="写入文件")
    logged.add_argument("--region", default="", metavar="区划", help="只导出这个区划的，默认全部")

    token = _with_database(_add(commands, "token", "给一个账号发接口令牌", _later("banjie.commands.tokens", "token")))
    token.add_argument("account", metavar="账号")


def _bench(commands: "argparse._SubParsersAction[Parser]") -> None:
    bench = _group(commands, "bench", "测速")
    spine = _add(bench, "spine", "与本机上数据库的极限相比", _later("banjie.commands.service", "bench_spine"))
    spine.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")
    spine.add_argument("--cases", type=int, default=1_000_000, help="表中的办件数（默认 1,000,000）")
    spine.add_argument("--seconds", type=int, default=8, help="每次测量的秒数（默认 8）")
    spine.add_argument("--workers", type=int, default=2, help="Web 进程数（默认 2）")
    spine.add_argument("--threads", type=int, default=8, help="每个 Web 进程的线程数（默认 8）")
    apply = _add(
        bench, "apply", "受理以前的一切：搜索、指南、表单、提交", _later("banjie.commands.service", "bench_apply")
    )
    apply.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")
    apply.add_argument("--seconds", type=int, default=8, help="每种页面测量的秒数（默认 8）")
    apply.add_argument("--questions", type=int, default=400, help="搜索的次数（默认 400）")
    desk = _add(bench, "desk", "办理一侧：列表、办件、混合请求", _later("banjie.commands.service", "bench_desk"))
    desk.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")
    desk.add_argument("--cases", type=int, default=1_000_000, help="表中的办件数（默认 1,000,000）")
    desk.add_argument("--events", type=int, default=10, help="每件的日志条数（默认 10）")
    desk.add_argument("--seconds", type=int, default=20, help="每种页面测量的秒数（默认 20）")
    desk.add_argument("--minutes", type=float, default=10.0, help="混合请求的分钟数（默认 10，0 为不测）")


# --- values ---


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，请写成 2026-09-24 这样") from None


def _pause(text: str) -> tuple[date, date | None]:
    start, dots, end = text.partition("..")
    if not dots:
        raise argparse.ArgumentTypeError(f"“{text}”应写成 2026-10-12..2026-10-20，或 2026-10-12.. 表示仍在进行")
    pause = (_day(start), _day(end) if end else None)
    if pause[1] is not None and pause[1] < pause[0]:
        raise argparse.ArgumentTypeError(f"“{text}”的结束日早于开始日")
    return pause


def _number(text: str, least: int, most: int, what: str) -> int:
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"“{text}”应为 {least} 至 {most} 的整数（{what}）")
    return int(text)


def _port(text: str) -> int:
    return _number(text, 1, 65535, "端口")


def _positive(text: str) -> int:
    return _number(text, 1, 256, "数量")


def _count(text: str) -> int:
    return _number(text, 0, 20_000, "天数")


if __name__ == "__main__":
    sys.exit(main())

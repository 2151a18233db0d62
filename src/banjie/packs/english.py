"""The English of what items say: names, questions, options, papers, fields. For display only.

A file of content/english is one flat table, Chinese before the colon, English after it. Nothing is decided by it, a
case keeps its Chinese, and what has no line is shown in Chinese.
"""

from functools import cache
from importlib.resources import files

import yaml

from banjie.engine.ids import Malformed


@cache
def english_words() -> dict[str, str]:
    """Chinese to English, from every file of content/english. Raises Malformed for a line that is no pair of texts,
    and for two files that disagree about a text."""
    words: dict[str, str] = {}
    for file in sorted(files("banjie").joinpath("content/english").iterdir(), key=lambda each: each.name):
        if file.name.endswith(".yaml"):
            _add(words, yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader), file.name)
    return words


def _add(words: dict[str, str], table: object, name: str) -> None:
    if not isinstance(table, dict):
        raise Malformed(name, "不是“中文: 英文”的对照表", "请每行写一对")
    for chinese, english in table.items():
        if not isinstance(chinese, str) or not isinstance(english, str) or not english:
            raise Malformed(name, f"“{chinese}”没有写成一对文字", "请写成“中文: 英文”，数字加引号")
        if words.setdefault(chinese, english) != english:
            raise Malformed(name, f"“{chinese}”在别的文件里译法不同", "请统一译法，只保留一处")

"""The catalogue in memory: read ahead, followed, and read anew while the old one goes on answering."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from tests.town import FOOD, Town

from banjie.packs import synonyms
from banjie.packs.item_ranking import Wish
from banjie.packs.synonyms import Synonyms
from banjie.records import catalogue, catalogue_index
from banjie.records.catalogue_index import Keeper
from banjie.web import warming

GROUP = "近义词:\n  - 词: [食品, {word}]\n"


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of synonyms of this test's own."""
    monkeypatch.setattr(catalogue_index, "load_synonyms", partial(synonyms.load_synonyms, source=tmp_path))
    monkeypatch.setattr(catalogue_index, "changed_files", partial(synonyms.changed_files, source=tmp_path))
    (tmp_path / "own.yaml").write_text(GROUP.format(word="吃食货"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def keeper(town: Town) -> Keeper:
    keeper = Keeper(town.platform.database)
    keeper.settle()
    return keeper


def found(keeper: Keeper, word: str) -> bool:
    """Whether the word finds the food item by a synonym."""
    searcher = keeper.fresh()
    ranked = [searcher.ranked(one) for one in searcher.find(Wish(word)).ranked]
    return any(one.offer.code == FOOD and one.why == "近义" for one in ranked)


def test_a_changed_file_of_synonyms_is_read_again(words: Path, keeper: Keeper) -> None:
    assert found(keeper, "吃食货经营")
    assert not found(keeper, "入口货经营")
    before = keeper.version

    (words / "own.yaml").write_text(GROUP.format(word="入口货"), encoding="utf-8")
    keeper.settle()

    assert found(keeper, "入口货经营")
    assert keeper.version > before, "记着结果的页面要重新找"


def test_a_mistake_in_a_file_leaves_what_was_there(words: Path, keeper: Keeper) -> None:
    (words / "own.yaml").write_text("近义词:\n  - 词: [食品]\n", encoding="utf-8")
    keeper.settle()
    assert found(keeper, "吃食货经营")


def test_a_file_that_says_the_same_changes_nothing(words: Path, keeper: Keeper) -> None:
    before = keeper.version
    text = (words / "own.yaml").read_text(encoding="utf-8")
    (words / "own.yaml").write_text(text + "# 说明\n", encoding="utf-8")
    keeper.settle()
    assert keeper.version == before


class Slow:
    """Lets a catalogue be read anew only when told."""

    def __init__(self, keeper: Keeper) -> None:
        self.go = threading.Event()
        self.fails = False
        self._read = keeper._read

    def __call__(self, words: Synonyms) -> object:
        self.go.wait(30)
        if self.fails:
            raise RuntimeError("数据库断了")
        return self._read(words)


@pytest.fixture
def slow(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    slow = Slow(keeper)
    monkeypatch.setattr(keeper, "_read", slow)
    monkeypatch.setattr(catalogue_index, "SOON_S", 0.01)
    monkeypatch.setattr(catalogue_index, "AGAIN_S", 0.0)
    yield slow
    slow.go.set()


def published(town: Town, name: str, kind: int) -> None:
    """More at once than a change is told of one by one."""
    item = town.law(FOOD).item
    many = [
        catalogue.Edition(
            replace(
                item,
                code=f"{item.code[:19]}99{kind:02d}{number:05d}{item.code[28:]}",
                name=name,
                title="",
                popular_names=(),
            ),
            catalogue.State.PUBLISHED,
        )
        for number in range(250)
    ]
    catalogue.save_editions(town.platform.database, many)


def total(keeper: Keeper, words: str) -> int:
    wish = Wish(words)
    searcher = keeper.fresh()
    return sum(searcher.ranked(one).why == "名称" for one in searcher.find(wish).ranked)


def test_the_old_index_answers_while_a_bulk_change_is_read(town: Town, keeper: Keeper, slow: Slow) -> None:
    published(town, "竹筏漂流登记", 41)
    assert total(keeper, "竹筏漂流登记") == 0, "正在重读，先按原来的回答"
    assert total(keeper, "食品经营许可") > 0

    slow.go.set()
    keeper.settle()
    assert total(keeper, "竹筏漂流登记") > 0


def test_what_could_not_be_read_is_tried_again(town: Town, keeper: Keeper, slow: Slow) -> None:
    published(town, "竹排渡河登记", 42)
    slow.fails = True
    slow.go.set()
    for _ in range(3):
        assert total(keeper, "竹排渡河登记") == 0
    slow.fails = False
    keeper.settle()
    assert total(keeper, "竹排渡河登记") > 0


def test_a_process_reads_ahead_and_trouble_with_it_is_no_trouble(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(warming, "platform", lambda: town.platform)
    thread = warming.begin()
    thread.join(60)
    assert not thread.is_alive()
    assert caplog.records == []

    def away() -> object:
        raise OSError("数据库还没有起来")

    monkeypatch.setattr(warming, "platform", away)
    warming.begin().join(60)
    assert "could not be read ahead" in caplog.text

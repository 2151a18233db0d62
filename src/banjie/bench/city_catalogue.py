"""A whole city's catalogue to measure with: 170,000 editions in the proportions of a real one, all made up.

The city has 1,500 items, each of nine counties 1,300, each of 130 towns 100, each of 2,817 villages 50. Counties,
towns and villages publish the city's items under the same names, as the law of the catalogue asks; each office has its
own codes. The numbers are arguments, so that tests can have a small one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files

import psycopg

from banjie.engine.catalogue import Audience, Depth, Handling, Item, ItemKind, LegalBasis, Option, Place, Question
from banjie.engine.editions import State
from banjie.engine.forms import Form
from banjie.engine.ids import credit_check_character, organisation_check_character
from banjie.packs.load import ITEMS, load_item
from banjie.records.catalogue_rows import Edition, load_many
from banjie.records.database import Database

CITY = "990100"
_FROM = date(2026, 1, 1)

ACTS = ("许可", "许可变更", "许可延续", "许可注销", "许可证补办", "备案", "登记", "审批", "年度报告", "资格认定")
DEPARTMENTS = (
    *(
        "行政审批局",
        "市场监督管理局",
        "公安局",
        "民政局",
        "人力资源和社会保障局",
        "自然资源和规划局",
        "住房和城乡建设局",
    ),
    *(
        "交通运输局",
        "水利局",
        "农业农村局",
        "文化和旅游局",
        "卫生健康局",
        "应急管理局",
        "生态环境局",
        "教育局",
        "城市管理局",
    ),
)
COUNTIES = ("江左区", "江右区", "澄湖区", "青禾县", "麦坪县", "桐岭县", "白沙县", "雁溪市", "云栖市")
_SIGNS = "东西南北上下前后大小新老金银青白红绿清远长平安和顺兴福乐"
_THINGS = "河桥湾坪岭塘井庄店铺坊渡滩洲堤柳松桃梅兰"
_SITUATIONS = (
    ("第一次办理", "已经办过，内容变了", "快到期了"),
    ("本人来办", "请家里人代办", "单位统一办"),
    ("有固定场所", "流动经营", "网上经营"),
    ("材料齐全", "缺一份材料先受理", "证件丢了"),
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many items each level publishes, and how many places there are of each."""

    city: int = 1_500
    county: int = 1_300
    town: int = 100
    village: int = 50
    counties: int = 9
    towns: int = 130
    villages: int = 2_817

    @property
    def editions(self) -> int:
        """How many editions that makes."""
        return self.city + self.counties * self.county + self.towns * self.town + self.villages * self.village


WHOLE = Size()


@dataclass(frozen=True, slots=True)
class _Office:
    """An organ of a place: credit code, name, level digit."""

    region: str
    code: str
    name: str
    level: int


def places(size: Size = WHOLE) -> Iterator[tuple[str, str, str, int]]:
    """The places of the city: (code, name, parent, level)."""
    counties = [f"9901{2 * number + 2:02d}" for number in range(size.counties)]
    for number, county in enumerate(counties):
        yield county, COUNTIES[number % len(COUNTIES)], CITY, 4
    towns = []
    for number in range(size.towns):
        county = counties[number % size.counties]
        town = f"{county}{1 + number // size.counties:03d}000"
        towns.append(town)
        yield town, f"{_name(number)}镇", county, 5
    for number in range(size.villages):
        town = towns[number % size.towns]
        yield f"{town[:9]}{1 + number // size.towns:03d}", f"{_name(number + 7)}村", town, 6


def _name(number: int) -> str:
    sign = _SIGNS[number % len(_SIGNS)]
    thing = _THINGS[number // len(_SIGNS) % len(_THINGS)]
    more = number // (len(_SIGNS) * len(_THINGS))
    return sign + thing + (_SIGNS[more - 1] if more else "")


def subjects() -> list[tuple[str, str]]:
    """What is asked for, and what people call it."""
    lines = (files("banjie.bench") / "subjects.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split() for line in lines if line and not line.startswith("#"))
    return [(subject, popular) for subject, popular in pairs]


def texts(number: int) -> list[Item]:
    """As many different items, as the city publishes them; the parts they share are the same objects."""
    pack = next(file for file in ITEMS.iterdir() if file.name == "food_business.yaml")
    whole = load_item(pack)
    # The search reads neither forms nor most papers; without them the city is published in minutes.
    model = replace(
        whole, edition=1, effective_on=_FROM, faq=(), tables=(), title="", form=Form(), materials=whole.materials[:2]
    )
    questions = tuple(
        (Question("way", "您是哪一种情形？", tuple(Option(str(at), label) for at, label in enumerate(labels))),)
        for labels in _SITUATIONS
    )
    kinds = (ItemKind.LICENCE,) * 5 + (ItemKind.PUBLIC_SERVICE,) * 3 + (ItemKind.OTHER, ItemKind.CONFIRMATION)
    audiences = ((Audience.PERSON,), (Audience.ENTERPRISE,), (Audience.PERSON, Audience.ENTERPRISE))
    known = subjects()
    made = []
    for at in range(number):
        subject, popular = known[at % len(known)]
        act = ACTS[at // len(known) % len(ACTS)]
        more = at // (len(known) * len(ACTS))
        name = f"{subject}{act}" + (f"（第{more + 1}类）" if more else "")
        made.append(
            replace(
                model,
                name=name,
                catalogue_code=f"{at:012d}",
                kind=kinds[at % len(kinds)],
                popular_names=(popular, f"{popular}要办的{act[-2:]}") if at < len(known) else (f"{popular}{act[-2:]}",),
                audiences=audiences[at % 3],
                handling=Handling.AT_ONCE if at % 5 == 0 else Handling.PROMISED,
                depth=Depth.WHOLE if at % 3 else Depth.COLLECT,
                basis=(LegalBasis(f"{subject}管理条例", "第八条"), LegalBasis("中华人民共和国行政许可法", "第十二条")),
                questions=questions[at % len(questions)],
            )
        )
    return made


def editions(size: Size = WHOLE) -> Iterator[Edition]:
    """Every edition of the city, published."""
    made = texts(max(size.city, size.county, size.town, size.village))
    listed = list(places(size))
    yield from _of(CITY, "澜江市", 3, made[: size.city])
    for code, name, _, level in listed:
        # Towns and villages offer what people need most: the first texts, moved on a little from place to place.
        shift = int(code[-3:] + code[6:9]) % 7 if level > 4 else 0
        number = {4: size.county, 5: size.town, 6: size.village}[level]
        yield from _of(code, name, level, made[shift : shift + number])


def _of(region: str, name: str, level: int, items: list[Item]) -> Iterator[Edition]:
    departments = DEPARTMENTS if level <= 4 else ("人民政府",) if level == 5 else ("村民委员会",)
    offices = [_office(region, name, level, number, title) for number, title in enumerate(departments)]
    place = (Place(f"{name}便民服务中心", f"{name}中心路 1 号", "工作日 9:00—12:00、13:00—17:00", "0990-6010021"),)
    for at, item in enumerate(items):
        office = offices[at % len(offices)]
        yield Edition(
            replace(
                item,
                region=region,
                code=f"{office.code}{office.level}{item.catalogue_code}",
                organ=office.code,
                organ_name=office.name,
                places=place,
            ),
            State.PUBLISHED,
            prepared_by="bench",
            published_by="bench",
            digest=f"{region}-{at}",
        )


def _office(region: str, name: str, level: int, number: int, title: str) -> _Office:
    serial = f"B{_base36(int(region.ljust(12, '0')) % 36**5):>05}{number:02d}"[:8]
    body = f"11{region[:6]}{serial}{organisation_check_character(serial)}"
    return _Office(region, body + credit_check_character(body), f"{name}{title}", level)


def _base36(number: int) -> str:
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    text = ""
    while number:
        number, rest = divmod(number, len(signs))
        text = signs[rest] + text
    return text or "0"


def fill(database: Database, owner_url: str, size: Size = WHOLE) -> int:
    """Publishes the whole catalogue into an empty city; answers with how many editions were written."""
    with psycopg.connect(owner_url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO regions (code, name, parent, level) VALUES (%s, %s, %s, %s) ON CONFLICT (code) DO NOTHING",
            [(CITY, "澜江市", "990000", 3), *places(size)],
        )
    return load_many(database, editions(size))

"""The made-up city: every role is there, every number is valid, nobody points nowhere."""

from datetime import date
from pathlib import Path

import pytest

from banjie.engine.ids import CitizenId, CreditCode, RegionCode
from banjie.engine.permissions import Role
from banjie.packs.city import LANJIANG, City, load_city
from banjie.packs.load import load_items
from banjie.packs.reading import PackError

TODAY = date(2026, 11, 24)
TEXT = LANJIANG.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def city() -> City:
    return load_city()


def test_places_and_organs(city: City) -> None:
    assert (city.name, city.region) == ("澜江市", "990100")
    assert {region.name for region in city.regions} == {"岚东省", "澜江市", "江左区", "江右区", "青禾县"}
    inner = RegionCode.parse("990121")
    assert inner.is_within(RegionCode.parse(city.region))
    assert all(CreditCode.parse(organ.code).category == "机关" or organ.code.startswith("11") for organ in city.organs)
    assert city.organ("1199010000BJ00016Q").short == "澜审"
    with pytest.raises(KeyError):
        city.organ("1199010000BJ00016X")


def test_every_role_has_someone_in_the_bureau(city: City) -> None:
    bureau = [official for official in city.officials if "1199010000BJ00016Q" in official.offices]
    count = {role: sum(role in official.roles for official in bureau) for role in Role}
    assert count[Role.WINDOW] >= 1
    assert count[Role.REVIEWER] >= 4
    assert count[Role.DECIDER] >= 1
    assert count[Role.HEAD] == 1
    assert count[Role.SUPERVISOR] == 1
    assert count[Role.MANAGER] == 2


def test_every_step_of_every_item_has_someone_to_do_it(city: City) -> None:
    for item in load_items():
        assert city.organ(item.organ).name == item.organ_name
        for step in item.workflow.steps:
            office = step.office or item.organ
            able = [one for one in city.officials if office in one.offices and step.role in one.roles]
            assert len(able) >= step.signatures, f"{item.name} {step.name}"


def test_people_act_for_themselves_and_for_whoever_gave_a_mandate_that_runs(city: City) -> None:
    assert city.actor("linzhao", TODAY).parties == {"p-linzhao", "c-chunhe", "c-heshun"}
    assert city.actor("linzhao", date(2027, 1, 1)).parties == {"p-linzhao", "c-chunhe"}
    assert city.actor("linzhao", TODAY).roles == {Role.APPLICANT}
    assert city.actor("meilanting", TODAY).roles == {Role.HEAD}
    assert all(CitizenId.parse(person.code) for person in city.people)
    with pytest.raises(KeyError):
        city.actor("nobody", TODAY)


@pytest.mark.parametrize(
    ("good", "bad", "reason"),
    [
        ("统一社会信用代码: 91990102MA00RC0153", "统一社会信用代码: 91990102MA00RC0154", "校验位"),
        ("机关: [1199010000BJ00032E]", "机关: [1199010000BJ00032F]", "没有“1199010000BJ00032F”这个机关"),
        ("受托人: p-niejiangan", "受托人: p-nobody", "没有“p-nobody”这个个人编号"),
        ("账号: guosuimian", "账号: linzhao", "用了两次"),
        ('代码: "990121"', '代码: "99"', "6位"),
        ("岗位: [机关负责人]", "岗位: [局长]", "不在可选范围内"),
    ],
)
def test_a_city_that_does_not_hold_together(tmp_path: Path, good: str, bad: str, reason: str) -> None:
    assert good in TEXT
    path = tmp_path / "city.yaml"
    path.write_text(TEXT.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_city(path)
    fault = next(fault for fault in caught.value.faults if reason in fault.reason)
    if "两次" not in reason:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert any(bad in line for line in lines[fault.line - 1 : fault.line + 7])

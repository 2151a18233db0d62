"""Personal answers for eyes they are not meant for, in the rows of a group as on a page."""

import pytest
from tests.town import CLERK, DRUG, RESTAURANT, Town

from banjie.actions.addresses import addressed
from banjie.actions.form_masking import masked_data, words_for
from banjie.engine.cases.acts import Ask, AskCorrection, Claim, Resubmit
from banjie.engine.forms import Field, FieldKind
from banjie.engine.subject import Refused

MASKED = [
    (FieldKind.NAME, "阿依古丽·买买提", "阿*******"),
    (FieldKind.CITIZEN_ID, "990102198210180040", "990102********0040"),
    (FieldKind.PARTY_ID, "citizen 990102198210180040", "居民身份证 990102********0040"),
    (FieldKind.PARTY_ID, "passport E12345678", "护照 E********"),
    (FieldKind.MOBILE, "13900000004", "139****0004"),
    (FieldKind.EMAIL, "chunhe@example.com", "c*****@example.com"),
    (FieldKind.ADDRESS, "990102001001 岚东省澜江市江左区 望江路 1 号", "岚东省澜江市江左区*******"),
    (FieldKind.BANK_CARD, "9901000000001181", "990100******1181"),
    (FieldKind.TEXT, "", ""),
]


@pytest.mark.parametrize(("kind", "kept", "seen"), MASKED)
def test_what_is_left_of_a_personal_answer(kind: FieldKind, kept: str, seen: str) -> None:
    field = Field("a", "甲", kind, personal=True)
    assert words_for(field, kept, clear=False) == seen
    assert words_for(Field("a", "甲", kind), kept, clear=False) == words_for(field, kept, clear=True)


def test_the_rows_of_a_group_are_masked_cell_by_cell(town: Town) -> None:
    form = town.law(DRUG).item.form
    data = dict(town.application(DRUG, RESTAURANT).data)
    seen = masked_data(form, data)
    assert data["pharmacists"][0]["staff_name"] == "林照"  # type: ignore[index]  # a group keeps rows
    assert seen["pharmacists"][0]["staff_name"] == "林*"  # type: ignore[index]  # a group keeps rows
    assert seen["pharmacists"][0]["staff_from"] == "2026-12-01"  # type: ignore[index]  # a group keeps rows
    assert seen["contact_phone"] == "139****0004"


def test_an_address_gets_its_name_at_the_door_and_an_unknown_place_none(town: Town) -> None:
    form = town.law(DRUG).item.form
    lying = {"store_address": "990102001001 别的地方 望江路 1 号"}
    assert addressed(town.platform, form, lying) == {
        "store_address": "990102001001 岚东省澜江市江左区望江街道江畔社区 望江路 1 号"
    }
    with pytest.raises(Refused) as told:
        addressed(town.platform, form, {"store_address": "990102001999 某处 1 号"})
    assert told.value.field == "data.store_address"
    assert told.value.remedy


def test_a_correction_gets_its_places_named_by_whatever_door_it_comes(town: Town) -> None:
    typed = {"has_store": "yes", "store_address": "990102001001 岚东省澜江市江左区望江街道江畔社区 望江路 2 号"}
    number = town.submit("xiachunhe", DRUG, holder=RESTAURANT, data=typed).number
    town.act(CLERK, number, Claim())
    asked = Ask("form:store_address", "地址不全", "请补全门牌号", "药品管理法第五十二条")
    town.act(CLERK, number, AskCorrection((asked,)))
    with pytest.raises(Refused) as told:
        town.act("xiachunhe", number, Resubmit(data={"store_address": "990102001999 某处 1 号"}))
    assert told.value.field == "data.store_address"
    town.act("xiachunhe", number, Resubmit(data={"store_address": "990102001001 别的地方 望江路 1 号"}))
    kept = town.case(number).data["store_address"]
    assert kept == "990102001001 岚东省澜江市江左区望江街道江畔社区 望江路 1 号"

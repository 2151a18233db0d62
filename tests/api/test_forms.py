"""Forms over the interface: the schema that is served is the one a filled-in form keeps to, rows and all."""

import jsonschema_rs
from tests.api.calling import Callers
from tests.town import AGENT, DRUG, REGION, RESTAURANT, ROAD, Town

from banjie.engine.situations import resolve
from banjie.packs.sample import sample_data


def test_the_form_comes_with_a_schema_that_a_valid_filling_keeps(callers: Callers, town: Town) -> None:
    for item in (ROAD, DRUG):
        answer = callers().get(f"/items/{item}/form?region={REGION}")
        assert answer.status == 200
        schema = answer.json["schema"]
        validator = jsonschema_rs.validator_for(schema)
        law = town.law(item)
        application = town.application(item, RESTAURANT)
        data = sample_data(law.item.form, resolve(law.item, application.answers).facts)
        sums = {field.key for field in law.item.form.fields if field.sum_of}
        written = {key: _written(value) for key, value in data.items() if key not in sums}
        assert validator.is_valid(written), [str(error) for error in validator.iter_errors(written)]
        assert not validator.is_valid({**written, "nothing": 1})


def _written(value: object) -> object:
    return [dict(row) if isinstance(row, dict) else row for row in value] if isinstance(value, tuple) else value


def test_no_such_item_has_no_form(callers: Callers) -> None:
    assert callers().get("/items/NONE/form").status == 404


def test_a_case_with_rows_is_filed_shown_and_masked(callers: Callers, town: Town) -> None:
    application = town.application(DRUG, RESTAURANT)
    body = {
        "region": REGION,
        "item": DRUG,
        "holder": RESTAURANT,
        "answers": dict(application.answers),
        "data": {key: _written(value) for key, value in application.data.items()},
        "papers": [
            {"material": paper.material, "name": paper.name, "sha256": paper.sha256, "held": paper.held}
            for paper in application.papers
        ],
    }
    wrong = {**body, "data": {**body["data"], "pharmacists": [{"staff_name": "王2"}]}}  # type: ignore[dict-item]  # JSON of any shape
    caller = callers(AGENT)
    answer = caller.post("/cases", wrong, key="forms-wrong-1")
    assert answer.status == 422
    assert answer.json["field"].startswith("data.pharmacists[0]")
    answer = caller.post("/cases", body, key="forms-right-1")
    assert answer.status == 201, answer.json
    shown = caller.get(f"/cases/{answer.json['number']}").json["data"]
    assert shown["pharmacists"] == body["data"]["pharmacists"]  # type: ignore[index]  # JSON of any shape

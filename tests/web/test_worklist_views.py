"""Worklists on the page: views with counts, who has a line, bulk acts, what is kept, and who has a case open."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.town import AGENT, CLERK, DECIDER, FOOD, HEAD, REGION, REVIEWER, Town
from tests.web.visitors import at_town, browser, hidden, text_of

from banjie.engine.cases import Ask, acts
from banjie.engine.cases.handing import Assign, TakeOn
from banjie.records.people import MACHINE

OTHER_CLERK = "huangshiqi"


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    with at_town(town):
        yield


def submitted(town: Town, many: int = 1) -> list[str]:
    return [town.submit(AGENT, FOOD).number for _ in range(many)]


def listed(username: str, query: str = "") -> str:
    """Every page of a worklist, as words and addresses."""
    client, where, seen = browser(username), f"/office/?item={FOOD}&{query}", ""
    while where:
        answer = client.get(where)
        assert answer.status_code == 200
        page = answer.content.decode()
        seen += page
        following = page.partition('rel="next"')[0].rpartition('href="')[2] if 'rel="next"' in page else ""
        where = following.partition('"')[0].replace("&amp;", "&")
    return seen


def shows(page: str, number: str) -> bool:
    return f"open={number}" in page


def bulk(username: str, numbers: list[str], act: str, **typed: Any) -> Any:
    client = browser(username)
    return client.post(
        "/office/bulk",
        {"act": act, "case": [f"{number}:" for number in numbers], "key": f"bulk-{act}-{numbers[0]}"} | typed,
    )


def test_a_line_is_in_each_view_it_belongs_to(town: Town) -> None:
    [mine, free] = submitted(town, 2)
    town.act(CLERK, mine, TakeOn())
    assert shows(listed(CLERK), mine)
    assert shows(listed(CLERK), free)
    assert shows(listed(CLERK, "desk=mine"), mine)
    assert not shows(listed(CLERK, "desk=mine"), free)
    assert shows(listed(CLERK, "desk=unclaimed"), free)
    assert not shows(listed(CLERK, "desk=unclaimed"), mine)
    assert not shows(listed(OTHER_CLERK), mine)
    assert shows(listed(OTHER_CLERK, "desk=all"), mine)
    assert "罗小雨 承办" in text_of(browser(OTHER_CLERK).get(f"/office/cases/{REGION}/{mine}").content)


def test_what_waits_for_the_applicant_is_waited_for_by_whoever_asked(town: Town) -> None:
    [number] = submitted(town)
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.AskCorrection((Ask("floor_plan", "看不清", "请重新提交", "办法第十二条"),)))
    town.settle()
    assert number in listed(CLERK, "desk=waiting")
    assert "等待申请人补正" in text_of(listed(CLERK, "desk=waiting"))
    assert number not in listed(OTHER_CLERK, "desk=waiting")
    town.act(AGENT, number, acts.Withdraw("不办了"))
    town.settle()
    assert number not in listed(CLERK, "desk=waiting")


def test_a_line_is_taken_on_given_back_and_passed_on_from_the_page(town: Town) -> None:
    [number] = submitted(town)
    where = f"/office/lines/{REGION}/{number}"
    client = browser(CLERK)
    back = f"/office/?desk=mine&open={number}"
    answer = client.post(f"{where}/take-on", {"key": "take-on-key-1", "step": "", "back": back})
    assert (answer.status_code, answer["Location"]) == (303, back)
    assert town.case(number).handlers == {"": CLERK}
    refused = browser(OTHER_CLERK).post(f"{where}/take-on", {"key": "take-on-key-2", "step": ""})
    assert refused.status_code in (403, 409, 422)
    assert "罗小雨" in text_of(refused.content)
    form = text_of(client.get(f"{where}/pass-on?step=").content)
    assert "黄石启" in form
    assert "沈秋白" not in form
    answer = client.post(f"{where}/pass-on", {"key": "pass-on-key-1", "step": "", "to": OTHER_CLERK, "reason": ""})
    assert answer.status_code == 422
    client.post(f"{where}/pass-on", {"key": "pass-on-key-2", "step": "", "to": OTHER_CLERK, "reason": "要去现场"})
    assert town.case(number).handlers == {"": OTHER_CLERK}
    browser(OTHER_CLERK).post(f"{where}/release", {"key": "release-key-1", "step": ""})
    assert town.case(number).handlers == {}
    history = text_of(client.get(f"/office/cases/{REGION}/{number}").content)
    assert "转给 黄石启：要去现场" in history
    # Who has it within the office is not the applicant's affair.
    assert "黄石启" not in text_of(browser(AGENT).get(f"/my/cases/{REGION}/{number}").content)


def test_a_line_is_not_given_to_somebody_it_does_not_fit(town: Town) -> None:
    [number] = submitted(town)
    answer = browser(HEAD).post(
        f"/office/lines/{REGION}/{number}/assign", {"key": "assign-key-1", "step": "", "to": REVIEWER}
    )
    assert answer.status_code in (403, 409, 422)
    assert "不是窗口人员" in text_of(answer.content)
    assert town.case(number).handlers == {}
    answer = browser(HEAD).post(
        f"/office/lines/{REGION}/{number}/assign", {"key": "assign-key-2", "step": "", "to": "nobody-here"}
    )
    assert "已经不在岗" in text_of(answer.content)


def test_a_bulk_is_previewed_done_once_and_taken_back(town: Town) -> None:
    good, bad = submitted(town, 3), submitted(town, 1)
    town.act(OTHER_CLERK, bad[0], TakeOn())
    page = text_of(bulk(CLERK, good + bad, "take-on").content)
    assert "将认领 3 件，1 件不符合" in page
    assert "黄石启" in page
    assert town.case(good[0]).handlers == {}
    done = bulk(CLERK, good + bad, "take-on", confirmed="1")
    assert "3 件已办，1 件没有办" in text_of(done.content)
    assert [town.case(number).handlers for number in good] == [{"": CLERK}] * 3
    again = text_of(bulk(CLERK, good + bad, "take-on", confirmed="1").content)
    assert "没有重复办理" in again
    undone = bulk(CLERK, good, "release", confirmed="1", key=hidden(done.content, "key"))
    assert "3 件已办" in text_of(undone.content)
    assert town.case(good[0]).handlers == {}


def test_a_bulk_accepts_what_may_be_accepted(town: Town) -> None:
    ready, raw = submitted(town, 2), submitted(town, 1)
    for number in ready:
        town.act(CLERK, number, acts.Claim())
    assert "将受理 2 件，1 件不符合" in text_of(bulk(CLERK, ready + raw, "accept").content)
    bulk(CLERK, ready + raw, "accept", confirmed="1")
    assert {town.case(number).stage.value for number in ready} <= {"accepted", "in_review"}
    assert town.case(raw[0]).stage.value == "submitted"


@pytest.mark.parametrize("typed", [{"act": "nonsense"}, {"act": "take-on", "case": []}])
def test_a_bulk_of_nothing_says_so(typed: dict[str, Any]) -> None:
    answer = browser(CLERK).post("/office/bulk", typed)
    assert answer.status_code in (303, 400, 422)


def test_views_and_columns_are_kept_each_for_herself(town: Town) -> None:
    client = browser(CLERK)
    client.post("/office/views/save", {"name": "个人申请的", "query": "kind=person&after=x&open=y"})
    page = client.get("/office/").content.decode()
    assert "☆ 个人申请的" in page
    assert "/office/?kind=person" in page
    assert "个人申请的" not in browser(OTHER_CLERK).get("/office/").content.decode()
    client.post("/office/views/settings", {"column": ["step", "handler"], "query": ""})
    submitted(town)
    heads = client.get("/office/?desk=unclaimed").content.decode().partition("</thead>")[0].rpartition("<thead")[2]
    assert "承办人" in heads
    assert "时限" not in heads
    client.post("/office/views/settings", {"drop": "个人申请的"})
    client.post("/office/views/settings", {"column": ["holder", "step", "time"], "query": ""})
    assert "个人申请的" not in client.get("/office/").content.decode()


def streamed(answer: Any) -> Any:
    """What an answer sends, piece by piece."""
    return answer.streaming_content


def test_the_view_as_a_file_has_every_line_and_no_name_too_many(town: Town) -> None:
    numbers = submitted(town, 2)
    answer = browser(CLERK).get(f"/office/worklist.csv?item={FOOD}")
    text = b"".join(streamed(answer)).decode("utf-8-sig")
    assert all(number in text for number in numbers)
    other = b"".join(streamed(browser("ruanzuolan").get(f"/office/worklist.csv?item={FOOD}"))).decode()
    assert not any(number in other for number in numbers)


def test_counts_are_asked_for_anew(town: Town) -> None:
    page = browser(CLERK).get("/office/").content.decode()
    assert 'hx-get="/office/counts?' in page
    fragment = browser(CLERK).get("/office/counts?desk=mine").content.decode()
    assert "<html" not in fragment
    assert "我承办的" in fragment


def test_two_who_have_a_case_open_see_each_other(town: Town) -> None:
    [number] = submitted(town)
    where = f"/office/cases/{REGION}/{number}"
    assert "也打开了这个办件" not in text_of(browser(CLERK).get(where).content)
    assert "罗小雨" in text_of(browser(OTHER_CLERK).get(f"{where}/open").content)
    assert "黄石启" in text_of(browser(CLERK).get(f"{where}/open").content)
    town.clock.move(seconds=150)
    assert "黄石启" not in text_of(browser(CLERK).get(f"{where}/open").content)
    assert browser("ruanzuolan").get(f"{where}/open").status_code == 404


def test_the_second_to_decide_reads_what_the_first_did_and_keeps_her_words(town: Town) -> None:
    [number] = submitted(town)
    town.act(CLERK, number, acts.Claim())
    client = browser(HEAD)
    town.act(CLERK, number, acts.Accept())
    answer = client.post(
        f"/office/cases/{REGION}/{number}/act/find-not-competent",
        {"key": "too-late-key-1", "reason": "这里不归我们管，我写了很久", "redirect_organ": "江左区行政审批局"},
    )
    assert answer.status_code in (403, 409, 422)
    page = text_of(
        browser(DECIDER)
        .post(
            f"/office/cases/{REGION}/{number}/act/find-not-competent",
            {"key": "too-late-key-2", "reason": "这里不归我们管，我写了很久", "redirect_organ": "江左区行政审批局"},
        )
        .content
    )
    assert "这一步已经由别人办了" in page
    assert "罗小雨" in page
    assert "这里不归我们管，我写了很久" in page


def test_sentences_are_ones_own_or_the_offices(town: Town) -> None:
    client = browser(REVIEWER)
    assert client.post("/office/opinions", {"words": " ", "kind": "review"}).status_code == 422
    client.post("/office/opinions", {"words": "图纸与现场一致，建议准予（自用）", "kind": "review"})
    client.post("/office/opinions", {"words": "消防距离符合要求（共用）", "kind": "", "shared": "1"})
    [number] = submitted(town)
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    town.act(REVIEWER, number, acts.StartReview())
    form = text_of(client.get(f"/office/cases/{REGION}/{number}?act=finish-step:review").content)
    assert "图纸与现场一致，建议准予（自用）" in form
    others = text_of(browser("kangyuanzhou").get("/office/opinions").content)
    assert "消防距离符合要求（共用）" in others
    assert "（自用）" not in others
    page = client.get("/office/opinions").content.decode()
    for piece in page.split('name="drop" value="')[1:]:
        client.post("/office/opinions", {"drop": piece.partition('"')[0]})
    assert "（自用）" not in text_of(client.get("/office/opinions").content)


def test_the_rule_of_an_office_gives_its_lines_out_in_turn(town: Town) -> None:
    client = browser(HEAD)
    assert browser(CLERK).get("/office/assignment").status_code == 403
    rule = {"office": "1199010000BJ00016Q", "role": "window", "takes_part": [CLERK, OTHER_CLERK]}
    client.post("/office/assignment", rule | {"way": "turn"})
    try:
        numbers = submitted(town, 4)
        town.settle()
        got = [town.case(number).handlers[""] for number in numbers]
        assert sorted(got) == sorted([CLERK, OTHER_CLERK] * 2)
    finally:
        client.post("/office/assignment", rule | {"way": "free"})


def test_lines_of_somebody_who_left_go_back(town: Town) -> None:
    [number] = submitted(town)
    town.act(HEAD, number, Assign(OTHER_CLERK))
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        rows = cursor.execute("DELETE FROM posts WHERE account = %s RETURNING *", (OTHER_CLERK,)).fetchall()
    try:
        town.settle()
        assert town.case(number).handlers == {}
        assert "承办人已不在岗" in text_of(browser(CLERK).get(f"/office/cases/{REGION}/{number}").content)
    finally:
        with town.platform.database.seen_by(MACHINE.eyes) as cursor:
            for row in rows:
                cursor.execute(
                    "INSERT INTO posts (region, account, role, office, name) VALUES (%s, %s, %s, %s, %s)",
                    (row["region"], row["account"], row["role"], row["office"], row["name"]),
                )

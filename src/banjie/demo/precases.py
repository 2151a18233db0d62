"""Pre-application services of the made-up city, in every stage: what officials and applicants find when they come."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from banjie.actions.platform import Platform
from banjie.actions.precases import Question, act_on_precase, consult
from banjie.actions.reactions import follow
from banjie.actions.submissions import Application, submit
from banjie.demo.acts import DRUG, FOOD, HYGIENE
from banjie.demo.papers import MEDIA_TYPE, paper_pdf
from banjie.engine.calendar import CHINA
from banjie.engine.cases import Paper
from banjie.engine.precases import Command, Judged, Verdict, unjudged
from banjie.engine.precases.acts import (
    AddQuestion,
    BookVisit,
    Conclude,
    GiveOpinions,
    Present,
    Reply,
    TakeUp,
)
from banjie.engine.situations import resolve
from banjie.packs.sample import sample_data, sample_papers
from banjie.records import people, precases
from banjie.records.people import MACHINE, Standing

CLERK, REVIEWER = "luoxiaoyu", "shenqiubai"
NEW_SHOP = {"apply_type": "new", "business": "catering", "cold_or_raw": "none"}
SIXTEEN = time(16)


class _Story:
    """One service being told: who acts, and the moment it is there."""

    def __init__(self, platform: Platform, account: str, holder: str, item: str, text: str, at: datetime) -> None:
        self.platform, self.account, self.holder, self.item, self.at = platform, account, holder, item, at
        question = Question(platform.region, item, holder, text)
        who = self.who(account)
        self.number = consult(platform, question, actor=who, key=str(uuid.uuid4()), now=at).number

    def who(self, account: str) -> Standing:
        """Somebody as the platform knows her on that day, with the name people read."""
        names = people.names_of(self.platform.database, {account})
        day = self.at.astimezone(CHINA).date()
        return people.standing(self.platform.database, account, day, name=names.get(account, ""))

    def act(self, account: str, command: Command, *, hours: int = 1) -> "_Story":
        """Some working time later somebody acts."""
        self.at += timedelta(hours=hours)
        act_on_precase(
            self.platform,
            command,
            actor=self.who(account),
            region=self.platform.region,
            number=self.number,
            key=str(uuid.uuid4()),
            now=self.at,
        )
        return self

    def application(self, answers: dict[str, str]) -> Application:
        """Everything the item asks for, made up."""
        law = self.platform.laws.published(self.platform.region, self.item)
        assert law is not None  # noqa: S101 — the demo publishes its items first.
        chosen = dict(answers)
        while (situation := resolve(law.item, chosen)).next_question is not None:
            question = situation.next_question
            chosen[question.key] = next(option.value for option in question.options if not option.ineligible)
        papers = tuple(self._kept(paper) for paper in sample_papers(situation.materials, ()))
        return Application(
            region=self.platform.region,
            item=self.item,
            holder=self.holder,
            answers=chosen,
            data=sample_data(law.item.form, situation.facts),
            papers=papers,
            promised=law.item.by_promise,
        )

    def _kept(self, paper: Paper) -> Paper:
        if paper.held:
            return paper
        content = paper_pdf(paper.name, ["由申请人提供，供预审。"], plan="图" in paper.name)
        sha256 = self.platform.files.put(content)
        return replace(paper, sha256=sha256, size=len(content), media_type=MEDIA_TYPE)

    def present(self, whole: Application) -> "_Story":
        """The applicant shows everything."""
        return self.act(self.account, Present(whole.answers, whole.data, whole.papers, whole.later))

    def judge(self, *, mend: str = "", remedy: str = "") -> "_Story":
        """A reviewer goes through every point; the first one of `mend` is to be mended."""
        found = precases.find(self.platform.database, MACHINE.eyes, self.platform.region, self.number)
        assert found is not None  # noqa: S101 — it was opened above.
        item = self.platform.laws.law(found.region, found.precase.item, found.precase.edition).item
        judged, left = [], mend
        for target, point in unjudged(found.precase, item):
            if target == left:
                judged.append(Judged(target, point, Verdict.MEND, remedy))
                left = ""
            else:
                judged.append(Judged(target, point, Verdict.MET))
        return self.act(REVIEWER, GiveOpinions(tuple(judged)))


def ask_before(platform: Platform) -> int:
    """Tells them; answers with how many."""
    days = _working_days_back(platform)
    tellers: tuple[Callable[[Platform, date], object], ...] = (
        _waiting,
        _answered,
        _mending,
        _visited,
        _ready,
        _converted,
    )
    for tell, day in zip(tellers, days, strict=False):
        tell(platform, day)
    while follow(platform, platform.now()):
        pass
    return len(tellers)


def _working_days_back(platform: Platform) -> list[date]:
    """The last working days before today, the latest first."""
    calendar, day, found = platform.laws.calendar(platform.region), platform.today(), list[date]()
    while len(found) < 6:
        day -= timedelta(days=1)
        if calendar.is_working(day):
            found.append(day)
    return found


def _nine(day: date) -> datetime:
    return datetime.combine(day, time(9, 10), CHINA)


def _waiting(platform: Platform, day: date) -> None:
    text = "隔壁门面要转让，一共 60 平方米，二楼，能不能开面馆？厕所是公用的。"
    _Story(platform, "linzhao", "c-chunhe", FOOD, text, datetime.combine(day, SIXTEEN, CHINA))


def _answered(platform: Platform, day: date) -> None:
    story = _Story(
        platform, "niejiangan", "c-jiangan", DRUG, "药店想加卖处方药，驻店药师是退休返聘的，行吗？", _nine(day)
    )
    story.act(CLERK, TakeUp(), hours=0).act(
        CLERK,
        Reply("可以。退休返聘的执业药师，注册证在有效期内、能在岗的就行。请准备注册证和聘用协议，填好后请人预审。"),
    )
    story.act("niejiangan", AddQuestion("协议要公证吗？"), hours=5)


def _mending(platform: Platform, day: date) -> None:
    story = _Story(platform, "xiachunhe", "c-chunhe", FOOD, "想开第二家店，材料都在这里，麻烦先看看。", _nine(day))
    story.present(story.application(NEW_SHOP))
    story.judge(mend="floor_plan", remedy="图上没有备餐间，请画出来并注明面积；面积之和要和申请表一致。")


def _visited(platform: Platform, day: date) -> None:
    story = _Story(platform, "xiachunhe", "c-chunhe", HYGIENE, "旅馆刚装修好，能不能先来看看布草间？", _nine(day))
    story.act(CLERK, Reply("可以，请先把平面图交上来，我们约时间。"))
    story.present(story.application({}))
    calendar = platform.laws.calendar(platform.region)
    next_day = calendar.next_working(platform.today())
    story.act(REVIEWER, BookVisit(next_day, "康远舟、唐霜林", "看布草间、消毒间的位置和排水"))


def _ready(platform: Platform, day: date) -> None:
    story = _Story(platform, "linzhao", "c-chunhe", FOOD, "望江路新店的材料齐了，请预审。", _nine(day))
    story.present(story.application(NEW_SHOP)).judge()
    story.act(REVIEWER, Conclude(True, "经逐条预审，材料齐全、符合要求，可以申报。"))


def _converted(platform: Platform, day: date) -> None:
    story = _Story(platform, "xiachunhe", "c-chunhe", FOOD, "渡口路新店，请预审。", _nine(day))
    whole = story.application(NEW_SHOP)
    story.present(whole).judge().act(REVIEWER, Conclude(True, "材料齐全、符合要求，可以申报。"))
    who, at = story.who("xiachunhe"), story.at + timedelta(hours=1)
    submit(platform, replace(whole, precase=story.number), actor=who, key=str(uuid.uuid4()), now=at)

"""Ways on which tests bring a pre-application service of the town to where they need it."""

import uuid
from dataclasses import replace

from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, REVIEWER, Town

from banjie.actions.precases import PrecaseDone, Question, act_on_precase, consult
from banjie.engine.filing import Paper
from banjie.engine.precases import Command, Judged, Precase, Verdict, unjudged
from banjie.engine.precases.acts import Conclude, GiveOpinions, LinkDraft, Present, Reply
from banjie.records import drafts, precases
from banjie.records.people import MACHINE


def asked(town: Town, text: str = "二楼能不能开饭馆？") -> str:
    """A question about the restaurant; the number of its service."""
    question = Question(REGION, FOOD, RESTAURANT, text)
    return consult(town.platform, question, actor=town.who(AGENT), key=town.key()).number


def act(town: Town, username: str, number: str, command: Command, key: str = "") -> PrecaseDone:
    """Someone acts on a service."""
    who = town.who(username)
    return act_on_precase(town.platform, command, actor=who, region=REGION, number=number, key=key or town.key())


def precase(town: Town, number: str) -> Precase:
    """A service as it stands."""
    found = precases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    return found.precase


def present(town: Town, number: str, *, changed: str = "") -> Precase:
    """The applicant shows everything; the paper of the material `changed` with another content than before."""
    who, database = town.who(AGENT), town.platform.database
    application = town.application(FOOD, RESTAURANT, answers={"apply_type": "new", "business": "catering"})
    papers = tuple(
        _mended(town, paper) if paper.material == changed and paper.sha256 else paper for paper in application.papers
    )
    draft = precase(town, number).draft
    if not draft:
        law = town.law(FOOD)
        draft = drafts.start(database, who.eyes, region=REGION, holder=RESTAURANT, item=FOOD, edition=law.item.edition)
        act(town, AGENT, number, LinkDraft(draft, dict(application.answers)))
    content = {
        "answers": dict(application.answers),
        "data": dict(application.data),
        "seen": {section.key: True for section in town.law(FOOD).item.form.sections},
        "papers": [_kept(paper) for paper in papers if paper.sha256],
        "precase": number,
        "key": str(uuid.uuid4()),
    }
    drafts.save(database, who.eyes, draft, REGION, content)
    act(
        town,
        AGENT,
        number,
        Present(application.answers, application.data, papers, application.later, draft),
    )
    return precase(town, number)


def _mended(town: Town, paper: Paper) -> Paper:
    return replace(town.with_content(replace(paper, name=f"修改后的{paper.name}")), name=paper.name)


def _kept(paper: Paper) -> dict[str, object]:
    return {
        "id": str(uuid.uuid4()),
        "material": paper.material,
        "name": paper.name,
        "sha256": paper.sha256,
        "media_type": paper.media_type,
        "size": paper.size,
    }


def shown_points(town: Town, number: str) -> tuple[tuple[str, str], ...]:
    """The review points (target, point) nobody has judged yet."""
    return unjudged(precase(town, number), town.law(FOOD).item)


def ready(town: Town) -> str:
    """A service that has been through everything: one may apply."""
    number = asked(town)
    act(town, CLERK, number, Reply("可以，请填好后请人预审。"))
    present(town, number)
    judged = tuple(Judged(target, point, Verdict.MET) for target, point in shown_points(town, number))
    act(town, REVIEWER, number, GiveOpinions(judged))
    act(town, REVIEWER, number, Conclude(True, "可以申报"))
    return number

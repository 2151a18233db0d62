"""One row of another system's table read into an item, with a remark for everything that was not plain."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from banjie.engine.catalogue import (
    Answer,
    Audience,
    Depth,
    Handling,
    Item,
    ItemKind,
    LegalBasis,
    Material,
    Place,
)
from banjie.engine.clock import Term
from banjie.engine.ids import CreditCode, ItemCode, Malformed
from banjie.packs.import_report import Severity
from banjie.packs.mapping import Mapping_
from banjie.packs.tables import Row
from banjie.packs.targets import ESSENTIAL, TARGETS, Rule
from banjie.packs.templates import Template
from banjie.packs.values import (
    Remark,
    Remarks,
    cell_texts,
    gather,
    read_basis,
    read_code,
    read_codes,
    read_date,
    read_faq,
    read_integer,
    read_list,
    read_materials,
    read_phone,
    read_term_of,
    read_text,
    read_yes_no,
)


class RowReading:
    """One row on its way to an item. `key` is its code once that is read, "" before."""

    def __init__(self, row: Row, mapping: Mapping_, template: Template, region: str, today: date) -> None:
        self.row = row
        self.mapping = mapping
        self.template = template
        self.region = region
        self.today = today
        self.key = ""
        self.remarks = Remarks()

    def item(self) -> Item | Remark:
        """The item, or why there is none. Everything else there is to say is in `remarks`."""
        known = {key: self._text(key) for key in ESSENTIAL if key != "kind"}
        known["kind"] = kind = self._code("kind")
        refusal = self._refusal(known)
        statutory, promised = self._terms()
        if refusal is not None or kind is None:
            return refusal or self._lacking("kind")
        if statutory is None or promised is None:
            return self._without_term()
        return self._item(known, ItemKind(kind), statutory, promised)

    # --- refusing --------------------------------------------------------------------------------------

    def _refusal(self, known: Mapping[str, str | None]) -> Remark | None:
        """Why the row cannot become an item: the first essential field it lacks. Further ones are remarks."""
        refusals: list[Remark] = []
        if code := known["code"]:
            try:
                self.key = str(ItemCode.parse(code, TARGETS["code"].longest))
            except Malformed as fault:
                refusals.append(Remark("事项编码", Severity.REFUSED, code, fault.reason, fault.remedy))
        refusals.extend(self._lacking(key) for key in ESSENTIAL if not known[key])
        for further in refusals[1:]:
            self.remarks.draft(further.field, further.value, further.reason, further.remedy)
        return refusals[0] if refusals else None

    def _lacking(self, key: str) -> Remark:
        label = TARGETS[key].label
        return Remark(label, Severity.REFUSED, self._printed(key), "没有填写或读不出，不成其为事项", f"请补上{label}")

    def _without_term(self) -> Remark:
        printed = f"法定：{self._printed('statutory') or '空'}；承诺：{self._printed('promised') or '空'}"
        return Remark(
            "法定办结时限",
            Severity.REFUSED,
            printed,
            "法定和承诺办结时限都没有或都读不出，无法计算期限",
            "请至少补上其中一个，写明数字和单位，例如“20个工作日”；当场办结的写“即办”",
        )

    # --- reading ---------------------------------------------------------------------------------------

    def _texts(self, rule: Rule) -> tuple[str, ...]:
        return gather(rule, self.row.values, self.mapping.missing, self.remarks)

    def _text(self, key: str) -> str | None:
        rule = self.mapping.rule(key)
        return read_text(rule, self._texts(rule), self.remarks) if rule else None

    def _code(self, key: str) -> str | None:
        rule = self.mapping.rule(key)
        return read_code(rule, self._texts(rule), self.remarks) if rule else None

    def _list(self, key: str) -> tuple[str, ...]:
        rule = self.mapping.rule(key)
        return read_list(rule, self._texts(rule), self.mapping.missing, self.remarks) if rule else ()

    def _phone(self, key: str) -> str:
        rule = self.mapping.rule(key)
        return (read_phone(rule, self._texts(rule), self.remarks) if rule else None) or ""

    def _yes_no(self, key: str) -> bool | None:
        rule = self.mapping.rule(key)
        return read_yes_no(rule, self._texts(rule), self.remarks) if rule else None

    def _printed(self, key: str) -> str:
        """What the source has for the field, as it stands there."""
        rule = self.mapping.rule(key)
        quiet = Remarks()
        columns = (*rule.columns, rule.unit_column) if rule else ()
        return "；".join(text for column in columns for text in cell_texts("", self.row.values.get(column), quiet))

    def _terms(self) -> tuple[Term | None, Term | None]:
        """Both terms. One stands in for the other where that is missing, which keeps the item a draft."""
        statutory, promised = self._term("statutory"), self._term("promised")
        if promised is None and statutory is not None:
            self.remarks.draft(
                "承诺办结时限",
                self._printed("promised"),
                f"没有或读不出，暂按法定办结时限 {statutory.label}",
                "请补上承诺办结时限，写明数字和单位",
            )
            promised = replace(statutory, basis="")
        elif statutory is None and promised is not None:
            self.remarks.draft(
                "法定办结时限",
                self._printed("statutory"),
                f"没有或读不出，暂按承诺办结时限 {promised.label}",
                "请补上法定办结时限及其依据",
            )
            statutory = replace(promised, basis="")
        elif statutory is not None and promised is not None:
            self._compare(statutory, promised)
        return statutory, promised

    def _term(self, key: str) -> Term | None:
        rule = self.mapping.rule(key)
        return read_term_of(rule, self._texts(rule), self.row.values, self.remarks) if rule else None

    def _compare(self, statutory: Term, promised: Term) -> None:
        both = f"法定 {statutory.label}，承诺 {promised.label}"
        if promised.number and promised.unit is not statutory.unit:
            self.remarks.draft("承诺办结时限", both, "与法定办结时限单位不同，无法比较", "请把两个时限改为同一单位")
        elif promised.number > statutory.number:
            self.remarks.draft(
                "承诺办结时限", both, "承诺办结时限长于法定办结时限", "请核对两个时限，承诺的不得长于法定的"
            )

    def _item(self, known: Mapping[str, str | None], kind: ItemKind, statutory: Term, promised: Term) -> Item:
        handling = self._handling(promised)
        workflow = replace(self.template.workflow, at_once=handling is Handling.AT_ONCE)
        organ_name = known["organ_name"] or ""
        return Item(
            code=self.key,
            edition=1,
            region=self.region,
            name=known["name"] or "",
            kind=kind,
            organ=self._organ(known["organ"] or ""),
            organ_name=organ_name,
            organ_short=self._text("organ_short") or "",
            handling=handling,
            audiences=self._audiences(),
            basis=self._basis(),
            statutory=statutory,
            promised=promised,
            workflow=workflow,
            effective_on=self._date("effective_on"),
            catalogue_code=self._text("catalogue_code") or "",
            title=self._text("title") or "",
            popular_names=self._list("popular_names"),
            conditions=self._list("conditions"),
            form=self.template.form,
            materials=self._materials(),
            visits=self._visits(),
            visits_reason=self._text("visits_reason") or "",
            depth=self._depth(),
            mailing=self._mailing(),
            places=self._places(organ_name),
            consult_phone=self._phone("consult_phone"),
            complain_phone=self._phone("complain_phone"),
            faq=self._faq(),
            review_organ=self._text("review_organ") or "",
            court=self._text("court") or "",
        )

    def _organ(self, printed: str) -> str:
        try:
            return str(CreditCode.parse(printed))
        except Malformed as fault:
            self.remarks.draft("实施机关代码", printed, f"不是统一社会信用代码：{fault.reason}", fault.remedy)
            return printed

    def _handling(self, promised: Term) -> Handling:
        rule = self.mapping.rule("handling")
        if rule and not rule.from_promise and (code := self._code("handling")):
            return Handling(code)
        if rule is None or not rule.from_promise:
            self.remarks.draft(
                "办件类型", self._printed("handling"), "没有或读不出，暂由承诺办结时限得出", "请补上办件类型"
            )
        return Handling.AT_ONCE if promised.number == 0 else Handling.PROMISED

    def _audiences(self) -> tuple[Audience, ...]:
        rule = self.mapping.rule("audiences")
        codes = read_codes(rule, self._texts(rule), self.remarks) if rule else ()
        if not codes:
            self.remarks.draft("服务对象", "", "没有或读不出", "请补上谁可以申请")
        return tuple(Audience(code) for code in codes)

    def _basis(self) -> tuple[LegalBasis, ...]:
        rule = self.mapping.rule("basis")
        return read_basis(rule, self._list("basis"), self.remarks) if rule else ()

    def _date(self, key: str) -> date:
        rule = self.mapping.rule(key)
        day = read_date(rule, self._texts(rule), self.remarks) if rule else None
        if rule and day is None:
            self.remarks.note(rule.target.label, "", f"没有或读不出，取导入之日 {self.today.isoformat()}")
        return day or self.today

    def _materials(self) -> tuple[Material, ...]:
        rule = self.mapping.rule("materials")
        parts = self._list("materials")
        return read_materials(rule, parts, self.row.values, self.remarks) if rule else ()

    def _visits(self) -> int:
        rule = self.mapping.rule("visits")
        visits = read_integer(rule, self._texts(rule), self.remarks) if rule else None
        if visits is None:
            self.remarks.draft("到现场次数", "", "没有或读不出，暂按 1 次", "请补上到现场次数")
        return 1 if visits is None else visits

    def _depth(self) -> Depth:
        code = self._code("depth")
        if code is None:
            self.remarks.draft("网办深度", "", "没有或读不出，暂按最低的一级", "请补上网办深度")
        return Depth(code) if code else Depth.CONSULT

    def _mailing(self) -> bool:
        mailing = self._yes_no("mailing")
        if mailing is None:
            self.remarks.note("邮寄送达", "", "没有或读不出，记为不支持", "如支持邮寄请补上")
        if self._yes_no("charges"):
            self.remarks.draft("是否收费", self._printed("charges"), "收费而没有收费项目", "请补录收费项目、标准和依据")
        return bool(mailing)

    def _places(self, organ_name: str) -> tuple[Place, ...]:
        rule = self.mapping.rule("places")
        if rule is None:
            return ()
        hours = "；".join(cell_texts("办理时间", self.row.values.get(rule.hours_column), self.remarks))
        texts = self._texts(rule)
        if texts and not hours:
            self.remarks.note("办理地点", "", "来源没有办理时间，留空", "请补上办理时间")
        return tuple(Place(organ_name, address, hours, "") for address in texts)

    def _faq(self) -> tuple[Answer, ...]:
        rule = self.mapping.rule("faq")
        return read_faq(rule, self.row.values, self.mapping.missing | rule.missing, self.remarks) if rule else ()

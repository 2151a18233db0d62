"""The description of every operation: parameters, examples, answers and problems, as OpenAPI 3.1 writes them.

Schemas are drawn from the dataclasses that the doors read and write (`shapes`), so description and door are one.
"""

from collections.abc import Mapping
from typing import Any, Final

from banjie.actions.eligibility import Eligibility
from banjie.actions.progress import Progress
from banjie.actions.submissions import Application
from banjie.api import examples
from banjie.api.answers import (
    ActDone,
    AskTaken,
    CaseShown,
    Clocks,
    FormShown,
    ItemList,
    Receipt,
    Upload,
    Verified,
    Worklist,
)
from banjie.api.problems import KINDS, MEDIA_TYPE
from banjie.api.reading import KEY_PATTERN, NUMBER_PATTERN
from banjie.api.shapes import Schema, Shapes
from banjie.engine.cases import NAMES, Command
from banjie.engine.catalogue import Item
from banjie.engine.permissions import LAW, ROLE_NAMES
from banjie.engine.sharing import SourceAnswer

SHAPES: Final = Shapes()
NUMBER: Final = examples.NUMBER
PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
_COMMON: Final = (400, 429, 500, 503)
_CALLER: Final = (401, 403)

KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "幂等键。同一个键、同一个请求只办理一次，重发得到同一个答复；同一个键用于别的请求答复 409",
    "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": KEY_PATTERN},
    "example": "5f0c8a52-7d7e-4a55-9d55-3a1f6f2f9b10",
}
PATH: Final[Mapping[str, Schema]] = {
    "number": {"description": "办件编号", "schema": {"type": "string", "pattern": NUMBER_PATTERN}, "example": NUMBER},
    "certificate_id": {
        "description": "证照标识，办件答复的 pdf_url 中有",
        "schema": {"type": "string", "format": "uuid"},
        "example": "0b6f1c1e-7b8a-5c0a-9d55-3a1f6f2f9b10",
    },
    "ask": {
        "description": "查询标识，查询请求的 ask",
        "schema": {"type": "string", "format": "uuid"},
        "example": "0b6f3c1e-8a5e-5f53-9d7a-2f4f5f1f7c11",
    },
    "code": {"description": "事项编码或核验码", "schema": {"type": "string", "minLength": 1, "maxLength": 64}},
}
_REPLAYED: Final = {
    "Idempotent-Replayed": {
        "description": "true：同一个请求先前已经办理，这是当时的答复",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


def problem_schema() -> Schema:
    """The problem document of RFC 9457 with our three members."""
    words = {
        "type": "问题的种类",
        "title": "问题种类的名称",
        "detail": "出了什么问题",
        "remedy": "怎样改正",
        "field": "与哪一项有关",
        "rule": "依据的条款或规则",
    }
    properties: Schema = {name: {"type": "string", "description": word} for name, word in words.items()}
    properties["status"] = {"type": "integer", "description": "HTTP 状态码"}
    required = ["type", "title", "status", "detail", "remedy"]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def answer_of(schema: Schema, words: str, example: object = None, **more: Any) -> Schema:
    content: Schema = {"schema": schema}
    if example is not None:
        content["example"] = example
    return {"description": words, "content": {"application/json": content}, **more}


def problems_of(*statuses: int) -> dict[int, Schema]:
    return {
        status: {"description": KINDS[status][1], "content": {MEDIA_TYPE: {"schema": PROBLEM}}}
        for status in sorted({*statuses, *_COMMON})
    }


def body_of(schema: Schema, example: object) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}


# --- handing in ---

UPLOAD: Final = {
    "description": "请求内容就是文件本身。同样的内容只存一份，不需要幂等键。答复中的 sha256 用在申请和补正里。",
    "requestBody": {
        "required": True,
        "description": "文件内容本身：PDF、JPG、PNG、WebP、DOCX 或 OFD，不超过 20 MB",
        "content": {"application/octet-stream": {"schema": {}}},
    },
    "responses": {
        201: answer_of(
            SHAPES.of(Upload),
            "已收存",
            {"sha256": "9f" * 32, "media_type": "application/pdf", "size": 48213, "name": "营业执照.pdf"},
        ),
        **problems_of(*_CALLER, 413),
    },
}

FILE: Final = {
    "description": "替您本人或授权您代理的申请人提交。答复编号、查询码和最迟答复日期。",
    "parameters": [KEY],
    "requestBody": body_of(
        SHAPES.of(Application, given=True),
        {
            "region": "990100",
            "item": "1199010000BJ00016Q3001031003000",
            "holder": "c-chunhe",
            "answers": {"suspension": "first", "cause": "other", "served_at": "same"},
            "data": {"applicant_name": "澜江春禾餐饮有限公司", "from_day": "2026-12-01", "until_day": "2027-05-31"},
            "papers": [{"material": "promise", "name": "承诺书.pdf", "sha256": "9f" * 32}],
        },
    ),
    "responses": {
        201: answer_of(
            SHAPES.of(Receipt),
            "已收件",
            {"number": NUMBER, "region": "990100", "query_code": "7K3M0QXZ", "answer_due": "2026-12-01"},
            headers=_REPLAYED
            | {"Location": {"description": "办件的地址", "schema": {"type": "string", "format": "uri-reference"}}},
        ),
        **problems_of(*_CALLER, 404, 409, 413, 415, 422),
    },
}

# --- acts ---

_ACT_EXAMPLES: Final[Mapping[str, Schema]] = {
    "ask-correction": {
        "asks": [
            {
                "material": "layout",
                "problem": "平面图没有标出备餐间",
                "requirement": "请补画备餐间并注明面积",
                "basis": "食品经营许可和备案管理办法第十五条",
            }
        ],
        "days": 10,
    },
    "lift-endorsement": {
        "target": "floor_plan",
        "point": "图上面积之和与申请表所填面积一致",
        "reason": "有群众举报现场与图纸不符",
    },
    "resubmit": {"papers": [{"material": "layout", "name": "平面图.pdf", "sha256": "9f" * 32}]},
    "find-not-required": {"reason": "仅销售预包装食品，不需要取得许可，备案即可"},
    "find-not-competent": {"reason": "该场所由县里管辖", "redirect_organ": "青禾县行政审批局"},
    "tolerate": {"material": "layout"},
    "supply-tolerated": {"paper": {"material": "layout", "name": "平面图.pdf", "sha256": "9f" * 32}},
    "finish-step": {"step": "review", "opinion": "材料齐全，符合条件", "outcome": "pass"},
    "return-step": {"step": "decision", "to": "review", "reason": "核查记录缺少签名"},
    "start-special": {"procedure": "expert_review", "days": 15, "reason": "需要专家评审"},
    "end-special": {"result": "专家评审通过"},
    "extend": {"days": 10, "reason": "案情复杂，需要补充核查"},
    "approve": {"opinion": "符合法定条件，准予许可"},
    "deny": {"reasons": ["经营场所不符合卫生要求"]},
    "deliver": {"way": "electronic", "evidence": "电子送达回执"},
    "withdraw": {"reason": "暂时不开店了"},
    "answer-urge": {"words": "材料已经核对完，正在等消防部门的意见，预计本周五前答复"},
    "terminate": {"ground": "申请人已经注销"},
    "take-on": {"step": "review"},
    "release": {"step": "review", "reason": "下午要去现场核查"},
    "pass-on": {"to": "huangshiqi", "reason": "上午要去分大厅值班", "step": ""},
    "assign": {"to": "shenqiubai", "step": "review"},
}


def act(path: str, command: type[Command]) -> Schema:
    """The description of one act on a case."""
    return {
        "description": f"可以办理的人：{_who_may(command)}。",
        "parameters": [KEY],
        "requestBody": body_of(SHAPES.of(command, given=True), _ACT_EXAMPLES.get(path, {})),
        "responses": {
            200: answer_of(
                SHAPES.of(ActDone),
                f"已办理：{NAMES[command]}",
                {
                    "number": NUMBER,
                    "region": "990100",
                    "stage": "precheck",
                    "stage_name": "预审中",
                    "version": 2,
                    "events": ["Claimed"],
                },
                headers=_REPLAYED,
            ),
            **problems_of(*_CALLER, 404, 409, 413, 415, 422),
        },
    }


def _who_may(command: type[Command]) -> str:
    roles = dict.fromkeys(ROLE_NAMES[role] for role, _ in LAW[command.__name__])
    return "、".join(roles)


# --- reading ---

CASE: Final = {
    "description": "按您的权限显示办件的全部情况，以及您现在可以办理的操作。看不到的办件与不存在的办件答复相同。",
    "responses": {200: answer_of(SHAPES.of(CaseShown), "办件", examples.CASE), **problems_of(*_CALLER, 404)},
}
CLOCK: Final = {
    "description": "当前环节的每个时钟：到期日、已用、剩余、是否暂定，以及可以独立复核的凭证。",
    "responses": {200: answer_of(SHAPES.of(Clocks), "时限和凭证", examples.CLOCK), **problems_of(*_CALLER, 404)},
}
WORKLIST: Final = {
    "description": "您所在单位和岗位要办的事，剩余时间少的在前。用答复中的 next 取下一页。",
    "responses": {200: answer_of(SHAPES.of(Worklist), "待办", examples.WORKLIST), **problems_of(*_CALLER)},
}
CERTIFICATE: Final = {
    "description": "加盖电子印章（PAdES）的 PDF。还在制作时答复 409，请稍后再取。",
    "responses": {
        200: {"description": "加盖电子印章的 PDF", "content": {"application/pdf": {"schema": {}}}},
        **problems_of(*_CALLER, 404, 409),
    },
}
ITEMS: Final = {
    "description": (
        "查找已公布的事项：名称、俗称、近义词、办理情形、依据、机关、编码，拼音和拼音首字母也可以，错一个字也能找到。"
        "用 place 说明从哪里看：先列当地的，当地没有的由上级的代替。用答复中的 next 取下一页。"
    ),
    "responses": {200: answer_of(SHAPES.of(ItemList), "已公布的事项", examples.ITEMS), **problems_of()},
}
SUGGEST: Final = {
    "description": "边输入边提示：最多八个事项，规则与查找相同。",
    "responses": {200: answer_of(SHAPES.of(ItemList), "可能要找的事项", examples.ITEMS), **problems_of()},
}
ITEM: Final = {
    "description": "现行版本的全文：条件、材料、表单、流程、期限、依据。",
    "responses": {200: answer_of(SHAPES.of(Item), "事项全文（实施清单）"), **problems_of(404)},
}
FORM: Final = {
    "description": (
        "现行版本的申请表，和提交申请时 data 一项的 JSON Schema。明细是对象的列表，每个对象一行；"
        "条件、校验位、合计等由提交时判断，与网页用同一套规则。"
    ),
    "responses": {200: answer_of(SHAPES.of(FormShown), "申请表"), **problems_of(404)},
}
ELIGIBILITY: Final = {
    "description": (
        "用事项的情形规则判断能不能办：要哪些材料、多少天；不能办的，说明怎样改变就可以办，附依据。"
        "栏目的值按人的写法：面积写平方米，金额写元。"
    ),
    "responses": {200: answer_of(SHAPES.of(Eligibility), "判断"), **problems_of(404)},
}
VERIFY: Final = {
    "description": "凭证照上的核验码核对真伪。个人姓名已脱敏。",
    "responses": {200: answer_of(SHAPES.of(Verified), "证照信息", examples.VERIFY), **problems_of(404)},
}
PROGRESS: Final = {
    "description": "凭办件编号和查询码查询，不需要令牌。编号不对和查询码不对答复相同。",
    "responses": {200: answer_of(SHAPES.of(Progress), "办理进度", examples.PROGRESS), **problems_of(404)},
}


# --- what a department answers later ---

ANSWER_ASK: Final = {
    "description": (
        "查询时答复 202 的部门系统，办好后把答案送到这里。令牌是查询请求头 X-Banjie-Answer-Token 中的那一个，"
        "写在 Authorization: Bearer 里，只对这一次查询有效。同一个答案送两次只收一次；过了时限的不收。"
    ),
    "requestBody": body_of(
        SHAPES.of(SourceAnswer, given=True),
        {
            "ask": "0b6f3c1e-8a5e-5f53-9d7a-2f4f5f1f7c11",
            "subject": "91990102MA00RC0153",
            "as_of": "2026-11-24",
            "values": {"premises.area": "168"},
        },
    ),
    "responses": {
        200: answer_of(
            SHAPES.of(AskTaken),
            "已收下",
            {"ask": "0b6f3c1e-8a5e-5f53-9d7a-2f4f5f1f7c11", "status": "answered", "status_name": "已查到"},
        ),
        **problems_of(401, 404, 413, 415, 422),
    },
}

"""More people and companies of 澜江市 than the ones one signs in as, so that desks look like desks. All made up.

Each company has one representative with an account nobody can sign in to. Codes are made with their check
characters from a region number no place has, so that they pass every door and belong to nobody.
"""

from dataclasses import dataclass
from datetime import date

from banjie.actions.platform import Platform
from banjie.engine.ids import citizen_check_character, credit_check_character, organisation_check_character
from banjie.records.models import Account
from banjie.records.people import Party, keep_own, keep_party

# Key, name, representative, district, address.
_COMPANIES = """
mianguan   澜江老渡口面馆            覃渡口    990104  澜江市江右区渡口路 31 号
yunbei     澜江云焙食品有限公司      纪云舒    990102  澜江市江左区望江路 205 号
chaxu      澜江茶叙饮品有限公司      甘茶茶    990102  澜江市江左区长堤路 77 号
hetao      青禾县禾桃食品商行        麦禾桃    990121  青禾县麦香路 66 号
nuanyang   澜江暖阳托育服务有限公司  解暖阳    990104  澜江市江右区桂园街 40 号
jiangfeng  澜江江枫客栈              尤江枫    990102  澜江市江左区槐树巷 12 号
shijian    澜江拾间理发店            裘拾间    990104  澜江市江右区桂园街 5 号
yihe       青禾县怡荷浴室            牛怡荷    990121  青禾县荷塘路 3 号
guangying  澜江光影汇影城有限公司    祝光影    990102  澜江市江左区望江路 300 号三层
kangshu    澜江康舒大药房有限公司    白康舒    990102  澜江市江左区长堤路 18 号
baicao     青禾县百草堂药店          石百草    990121  青禾县麦香路 9 号
qingfeng   澜江青枫建设有限公司      滕青枫    990104  澜江市江右区渡口路 120 号
lanrui     澜江澜睿置业有限公司      闵澜睿    990102  澜江市江左区望江路 8 号
shuimu     青禾县水木建材有限公司    柯水木    990121  青禾县工业大道 15 号
ranqi      澜江澄燃能源有限公司      车澄然    990104  澜江市江右区渡口路 66 号
guangxin   澜江广信通信工程有限公司  段广信    990102  澜江市江左区长堤路 101 号
"""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A company with its one representative: `id` of the company, `account` of the representative."""

    id: str
    account: str
    name: str
    code: str
    representative: str
    representative_code: str
    phone: str
    region: str
    address: str

    @property
    def facts(self) -> dict[str, str]:
        """What government holds of the company."""
        return {
            "company.name": self.name,
            "company.credit_code": self.code,
            "company.address": self.address,
            "company.region": self.region,
            "company.legal_representative": self.representative,
            "company.legal_representative_id": self.representative_code,
            "company.phone": self.phone,
        }


def _read(table: str) -> tuple[Neighbour, ...]:
    found = []
    for index, line in enumerate(table.strip().splitlines()):
        key, name, representative, region, address = line.split(maxsplit=4)
        born = date(1970 + index, 1 + index % 12, 1 + 3 * index % 28)
        citizen = f"{region}{born:%Y%m%d}{31 + index:03d}"
        organisation = f"MA01RC{index:02d}"
        credit = f"91{region}{organisation}{organisation_check_character(organisation)}"
        found.append(
            Neighbour(
                id=f"c-{key}",
                account=f"rep-{key}",
                name=name,
                code=credit + credit_check_character(credit),
                representative=representative,
                representative_code=citizen + citizen_check_character(citizen),
                phone=f"139000001{index:02d}",
                region=region,
                address=address,
            )
        )
    return tuple(found)


NEIGHBOURS = {neighbour.id: neighbour for neighbour in _read(_COMPANIES)}
"""All of them, by the identifier of the company."""


def move_in(platform: Platform) -> None:
    """Registers everyone. Idempotent."""
    for neighbour in NEIGHBOURS.values():
        account = Account(
            username=neighbour.account,
            key=neighbour.account,
            display_name=neighbour.representative,
            region=neighbour.region,
            level=4,
        )
        account.set_unusable_password()
        if not Account.objects.filter(username=neighbour.account).exists():
            account.save()
        party = Party(neighbour.id, "company", neighbour.name, neighbour.code, neighbour.facts)
        keep_party(platform.database, platform.region, party)
        keep_own(platform.database, platform.region, neighbour.id, neighbour.account)

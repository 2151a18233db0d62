"""How often one may try: by address and by account, counted once for all processes, told with the seconds to wait.

Which limit is how high stands in content/identity.yaml. Pages and the interface count together. Neither addresses nor
accounts are kept: only a keyed hash of them, until the time is over. An IPv6 visitor counts by her network of 64 bits,
since she has all of its addresses.
"""

import hashlib
import hmac
from ipaddress import IPv6Address, IPv6Network, ip_address

from banjie.actions.platform import Platform
from banjie.packs.identity import identity
from banjie.records import tries


def consume(platform: Platform, name: str, *, address: str, account: str = "", secret: str) -> int:
    """Counts a try against the limit of that name. Answers with the seconds to wait, 0 when there is nothing to wait
    for. `account`: the one tried at, whoever tries; `secret`: the key under which both are hashed."""
    limit = identity().limit(name)
    wait = 0
    if limit.by_address:
        bucket = _bucket(f"{name}:address:{network_of(address)}", secret)
        wait = tries.take(platform.database, bucket, limit.seconds, limit.by_address, platform.now())
    if limit.by_account and account:
        bucket = _bucket(f"{name}:account:{account}", secret)
        wait = max(wait, tries.take(platform.database, bucket, limit.seconds, limit.by_account, platform.now()))
    return wait


def _bucket(text: str, secret: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def network_of(address: str) -> str:
    """A visitor's address as limits count it; what is none counts as it stands."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, 64), strict=False).network_address)
    return str(found)


def in_words(wait: int) -> str:
    """Seconds as people say them: 9 分 30 秒."""
    minutes, seconds = divmod(wait, 60)
    return f"{minutes} 分 {seconds} 秒" if minutes and seconds else f"{minutes} 分钟" if minutes else f"{seconds} 秒"

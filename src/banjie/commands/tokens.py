"""`banjie token`: a secret with which an account's programs use the API."""

import argparse

from banjie.commands.answers import Trouble, told
from banjie.commands.connecting import database


def token(arguments: argparse.Namespace) -> int:
    """Prints a new token; it is kept as a hash only and cannot be read back."""
    with told(), database(arguments.data):
        from banjie.records.models import Account, Token  # noqa: PLC0415 — set up first.

        account = Account.objects.filter(username=arguments.account, is_active=True).first()
        if account is None:
            raise Trouble(f"没有账号“{arguments.account[:60]}”，或已停用。请核对账号名。")
        print(Token.issue(account))
    return 0

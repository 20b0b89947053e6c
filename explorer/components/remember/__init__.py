"""Cookies with secrets, by which a browser is recognised after a reload."""

from explorer.components import assets

_mount = assets.component("remember")


def remember(prefix: str, id: str, secret: str, hours: int) -> None:
    """Store `secret` in the cookie `prefix` + `id`; only the last few with this prefix are kept."""
    _mount(key=f"remember.{prefix}", data={"prefix": prefix, "id": id, "secret": secret, "hours": hours})

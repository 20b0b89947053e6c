"""A cookie by which a browser is known again after a reload: a secret that it was given, kept under a name."""

from explorer.components import assets

_mount = assets.component("remember")


def remember(prefix: str, id: str, secret: str, hours: int) -> None:
    """Have the browser keep `secret` in the cookie `prefix` + `id`; of those with this prefix the last few stay."""
    _mount(key=f"remember.{prefix}", data={"prefix": prefix, "id": id, "secret": secret, "hours": hours})

"""A QR code, drawn in the browser: a page's address for the phones of those who see the screen."""

from explorer.components import assets

_mount = assets.component("qr_code")


def qr_code(key: str, text: str, alt: str) -> None:
    """Show `text` as a QR code; alt: what it leads to, for those who do not see it."""
    _mount(key=key, data={"text": text, "alt": alt})

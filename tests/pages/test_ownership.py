"""Where a visitor comes from, as far as that is known."""

import pytest
import streamlit
from streamlit.runtime.context import StreamlitHeaders

from explorer.pages.shared import ownership


@pytest.mark.parametrize(
    ("connection", "told", "address"),
    [
        ("192.0.2.7", [], "192.0.2.7"),
        ("192.0.2.7", ["203.0.113.5"], "192.0.2.7"),
        (None, [], ""),
        (None, ["203.0.113.5"], "203.0.113.5"),
        (None, ["made up, 203.0.113.5"], "203.0.113.5"),
        ("::ffff:127.0.0.1", ["made up", "203.0.113.5"], "203.0.113.5"),
        ("::ffff:127.0.0.1", [], ""),
        ("::1", [], ""),
        ("testclient", ["203.0.113.5"], "testclient"),
        ("2001:db8::7", ["203.0.113.5"], "2001:db8::7"),
    ],
)
def test_the_address_is_that_of_the_connection_or_what_a_proxy_on_this_machine_says(
    monkeypatch, connection, told, address
):
    monkeypatch.setattr(type(streamlit.context), "ip_address", property(lambda _: connection))
    headers = StreamlitHeaders([("X-Forwarded-For", text) for text in told])
    monkeypatch.setattr(type(streamlit.context), "headers", property(lambda _: headers))
    assert ownership.address() == address

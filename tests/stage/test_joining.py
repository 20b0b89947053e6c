"""How others come into a gathering: the address that they are told."""

import pytest
import streamlit

from explorer.stage import joining


@pytest.mark.parametrize(
    ("url", "network", "shown_as", "is_open"),
    [
        ("http://localhost:8501/guess?x=1", "192.0.2.7", "http://192.0.2.7:8501/guess?round=abc", True),
        ("http://localhost:8501/", "192.0.2.7", "http://192.0.2.7:8501/guess?round=abc", True),
        ("http://localhost:8501", "192.0.2.7", "http://192.0.2.7:8501/guess?round=abc", True),
        ("http://localhost:8501/course/guess", "127.0.0.1", "http://localhost:8501/course/guess?round=abc", False),
        ("http://localhost:8501/course/softmax", "127.0.0.1", "http://localhost:8501/course/guess?round=abc", False),
        ("https://course.example.org/guess", "192.0.2.7", "https://course.example.org/guess?round=abc", True),
        ("http://[::1]:8501/guess", None, "http://[::1]:8501/guess?round=abc", False),
    ],
)
def test_the_link_for_others_names_this_machine_as_they_know_it(monkeypatch, url, network, shown_as, is_open):
    monkeypatch.setattr(type(streamlit.context), "url", property(lambda _: url))
    monkeypatch.setattr(joining.net_util, "get_internal_ip", lambda: network)
    assert joining.link("guess", round="abc") == (shown_as, is_open)


def test_below_a_prefix_the_home_page_is_known(monkeypatch):
    monkeypatch.setattr(joining.st, "get_option", lambda name: "course/x" if name == "server.baseUrlPath" else None)
    for url in ("https://h.example/course/x", "https://h.example/course/x/", "https://h.example/course/x/softmax"):
        monkeypatch.setattr(type(streamlit.context), "url", property(lambda _, url=url: url))
        assert joining.link("", follow="abc")[0] == "https://h.example/course/x/?follow=abc"

"""How the server's connections send."""

import socket

import pytest

from explorer.server import routes


@pytest.mark.parametrize("family, host", [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_connection_of_a_listening_socket_sends_at_once(family, host):
    with socket.socket(family) as listening:
        try:
            listening.bind((host, 0))
        except OSError:
            pytest.skip(f"no address {host} here")
        listening.listen()

        def sends_at_once():
            with socket.create_connection(listening.getsockname()[:2]):
                accepted, _ = listening.accept()
                with accepted:
                    return bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

        assert not sends_at_once()
        routes.disable_nagle.__wrapped__()
        assert sends_at_once()

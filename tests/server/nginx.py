"""nginx for real, before one app or two: below a path, https ended in front, gzip; its site as hosting.md has it."""

import contextlib
import http.client
import json
import re
import shutil
import ssl
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.app import Visitor
from tests.serving import ROOT, ended, free_ports, served

PATH = "/course/x"
EVEN = [0.1] * 10
BLOCKS = re.compile(r"```nginx\n(.*?)```", re.DOTALL)
CONF = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    client_body_buffer_size 64m;  # root's workers may not write there
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {above}
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/cert.pem;
        ssl_certificate_key {folder}/key.pem;
        {site}
    }}
}}
"""


def lacking() -> str:
    """Return why nginx cannot be started here, "" if it can."""
    there = nginx() and shutil.which("openssl")
    return "" if there else "there is no nginx, or no openssl (Debian: nginx-light openssl)"


def nginx() -> str | None:
    """Return where nginx is: Debian has it where the paths of users do not lead."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def documented(number: int) -> str:
    """Return the block of docs/hosting.md for nginx with this number, from 0."""
    return BLOCKS.findall((ROOT / "docs" / "hosting.md").read_text(encoding="utf-8"))[number]


@contextlib.contextmanager
def proxy(folder: Path, port: int, site: str, above: str = ""):
    """Start nginx with a certificate of its own; yield the address that it serves. site, above: within and before its
    server block."""
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    made = ["-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", "2"]
    subprocess.run(["openssl", "req", "-x509", *made, *subject], check=True, capture_output=True)
    conf = folder / "nginx.conf"
    conf.write_text(CONF.format(folder=folder, port=port, site=site, above=above))
    with ended(subprocess.Popen([nginx(), "-c", conf, "-p", folder, "-e", folder / "error.log"])) as process:
        until = time.monotonic() + 20
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > until:
                raise OSError((folder / "error.log").read_text())
            time.sleep(0.05)
        yield f"https://127.0.0.1:{port}"


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=2)
    except urllib.error.HTTPError:
        return True  # it wants https
    except OSError:
        return False
    return True


def below(home, port):
    """Start the app below PATH, its files in `home`; yield its address and its process."""
    return served(home, base=PATH.strip("/"), port=port)


class Front(NamedTuple):
    """What visitors see: an address, and how its certificate is known."""

    url: str
    tls: ssl.SSLContext

    def visit(self, page, query="", cookie=""):
        return Visitor(f"{self.url}{PATH}", page, query, cookie=cookie, tls=self.tls)

    def ask(self, path, method="GET", body=None, **headers):
        """Return status, headers and body of the answer."""
        asked = http.client.HTTPSConnection(urllib.parse.urlsplit(self.url).netloc, context=self.tls, timeout=60)
        asked.request(method, f"{PATH}{path}", body, {name.replace("_", "-"): said for name, said in headers.items()})
        with contextlib.closing(asked), asked.getresponse() as answer:
            return answer.status, answer.headers, answer.read()

    def answer(self, id, player, cookie=""):
        body = json.dumps({"player": player, "at": 0, "answer": EVEN})
        path = f"/explorer-classroom/{id}/answer"
        return json.loads(self.ask(path, "POST", body, Origin=self.url, Cookie=cookie)[2])


@contextlib.contextmanager
def front(folder, site, above=""):
    folder.mkdir()
    (port,) = free_ports(1)
    with proxy(folder, port, site, above) as url:
        yield Front(url, ssl.create_default_context(cafile=folder / "cert.pem"))


@contextlib.contextmanager
def two_servers(home):
    """Start two servers over one folder behind nginx, yield what visitors see, and one of them."""
    ports = free_ports(2)
    above, site = documented(1), documented(0)
    for said, port in zip((8501, 8502), ports, strict=True):
        above = above.replace(f"127.0.0.1:{said}", f"127.0.0.1:{port}")
    cookie = re.search(r"`(add_header Set-Cookie .*?)`", (ROOT / "docs" / "hosting.md").read_text()).group(1)
    site = site.replace("http://127.0.0.1:8501", "http://explorer")
    site = site.replace("\n}", f"\n{cookie}\nadd_header X-Served-By $upstream_addr;\n}}")
    with below(home, ports[0]) as (_, first), below(home, ports[1]), front(home / "nginx", site, above) as there:
        yield there, first


def spread(there, visitors):
    """Return the cookies of new visitors, half of them at each of the two servers."""
    at: dict[str, list[str]] = {}
    while sum(min(len(cookies), visitors // 2) for cookies in at.values()) < visitors:
        _, headers, _ = there.ask("/")
        at.setdefault(headers["X-Served-By"], []).append(headers["Set-Cookie"].partition(";")[0])
    return [one for cookies in at.values() for one in cookies[: visitors // 2]]

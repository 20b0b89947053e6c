"""The routes beside Streamlit's own: what the browser fetches without a rerun of a page."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from explorer.components import assets


def asset(request: Request) -> Response:
    """Serve a browser file; all of them are stored compressed, and never change under one digest."""
    path = request.path_params["path"]
    body = assets.read(path)
    if body is None or request.path_params["digest"] != assets.digest():
        return PlainTextResponse("no such file", status_code=404)
    media_type = assets.TYPES["." + path.rsplit(".", 1)[-1]]
    headers = {"Content-Encoding": "gzip", "Cache-Control": "public, max-age=31536000, immutable"}
    return Response(body, media_type=media_type, headers=headers)


def routes() -> list[Route]:
    """Return the routes for `st.App`."""
    return [Route(f"/{assets.PREFIX}/{{digest}}/{{path:path}}", asset)]

"""The routes by which people in a gathering answer, and a lecture's boards are shown: they take small JSON objects."""

import asyncio
import json

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from explorer import classroom
from explorer.classroom.gathering import Full, Gathering
from explorer.classroom.lectures import Lecture
from explorer.server.answers import AS_IT_SAYS, NEVER
from explorer.server.uploads import same_origin

MOST = 20_000  # bytes of a body
SECONDS = 10.0  # in which it has to be there
STATUS = {
    "origin": 403,
    "player": 403,
    "leader": 403,
    "gone": 404,
    "slow": 408,
    "bytes": 413,
    "value": 422,
    "disk": 507,
}


class Refused(Exception):
    """A request that is refused, and why, in a word."""


async def take(request: Request) -> Response:
    """Take {"player": …, "at": …, "answer": …}; say {"taken": whether that was still asked}, or {"refused": a code}."""

    def answer(found: Gathering, told: dict) -> dict:
        if not found.admits(str(told["player"])):
            raise Refused("player")
        return {"taken": found.answer(told["player"], told["at"], told["answer"])}

    return await _done(request, answer)


async def show(request: Request) -> Response:
    """Take {"secret": the leader's, "boards": their states}; say {"taken": true}, or {"refused": a code}."""

    def move(found: Gathering, told: dict) -> dict:
        if not isinstance(found, Lecture):
            raise Refused("gone")
        found.move(str(told["secret"]), told["boards"])
        return {"taken": True}

    return await _done(request, move)


async def _done(request: Request, act) -> Response:
    """Return what act(the gathering, what was brought) says, or why that is refused."""
    try:
        if not same_origin(request.headers):
            raise Refused("origin")
        found = await run_in_threadpool(classroom.of_this_server().find, request.path_params["id"])
        if found is None:
            raise Refused("gone")
        told = json.loads(await _body(request))
        return _say(await run_in_threadpool(act, found, told))
    except Refused as refused:
        return _refuse(str(refused))
    except PermissionError:
        return _refuse("leader")
    except Full as full:
        return _refuse(full.code)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return _refuse("value")
    except TimeoutError:
        return _refuse("slow")
    except OSError:
        return _refuse("disk")
    except ClientDisconnect:
        return Response(status_code=400)  # which nobody receives


async def _body(request: Request) -> bytes:
    body = b""
    async with asyncio.timeout(SECONDS):
        async for block in request.stream():
            body += block
            if len(body) > MOST:
                raise Refused("bytes")
    return body


def _refuse(code: str) -> Response:
    return _say({"refused": code}, STATUS.get(code, 409))


def _say(told: dict, status: int = 200) -> Response:
    return JSONResponse(told, status, {"Cache-Control": NEVER} | AS_IT_SAYS)

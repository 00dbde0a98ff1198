"""What gradio's document lacks: whose page it is, a picture for links, the language, scripts."""

from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from unlearn_core.ui.browser.gradio_parts import behind_config, without_foreign_tags
from unlearn_core.ui.browser.scripts import PREFIX, read_script, served
from unlearn_core.ui.shell.services import ASSETS
from unlearn_core.ui.texts import common as texts

SOCIAL_PATH = "/lethe-social.png"
FAVICON = ASSETS / "favicon.svg"
FOR_GOOD = {"cache-control": "public, max-age=31536000, immutable"}


class Document:
    """Rewrites the one HTML page on its way out, adds picture and scripts; all else passes."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = scope.get("path", "")
        if scope["type"] == "http" and path == SOCIAL_PATH:
            await FileResponse(ASSETS / "social.png")(scope, receive, send)
        elif scope["type"] == "http" and path.startswith(f"/{PREFIX}/"):
            await script(path)(scope, receive, send)
        elif scope["type"] == "http" and path == "/" and scope["method"] == "GET":
            await self._app(scope, receive, _Dressing(send, str(Request(scope).base_url)))
        else:
            await self._app(scope, receive, send)


class _Dressing:
    """Holds a page back until it is whole, then sends it dressed."""

    def __init__(self, send: Send, root: str) -> None:
        self._send = send
        self._root = root.rstrip("/")
        self._start: dict[str, Any] = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = dict(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        headers = [(k, v) for k, v in self._start["headers"] if k != b"content-length"]
        if any(k == b"content-type" and v.startswith(b"text/html") for k, v in headers):
            self._body = dressed(self._body.decode("utf-8"), self._root).encode("utf-8")
        size = (b"content-length", str(len(self._body)).encode())
        await self._send({**self._start, "headers": [*headers, size]})
        await self._send({"type": "http.response.body", "body": self._body})


def dressed(page: str, root: str) -> str:
    """Gradio's document with our meta tags in the place of its own, and the language script.

    Args:
        page: HTML.
        root: Where the app is reached, for the address of the picture.
    """
    script = read_script("browser/translate.js")
    ours = f"<title>{texts.TITLE}</title>{meta_tags(root)}<script>{script}</script>"
    return behind_config(without_foreign_tags(page), ours)


def script(path: str) -> Response:
    """A script by its whole address; one of another version is not there."""
    file = served().get(path.removeprefix("/"))
    if file is None:
        return Response(status_code=404)
    return FileResponse(file, media_type="text/javascript", headers=FOR_GOOD)


def meta_tags(root: str) -> str:
    """What others show of a link to the page."""
    title, about = f"{texts.TITLE}: {texts.SUBTITLE}", texts.HERO
    tags = (
        ("name", "description", about),
        ("property", "og:type", "website"),
        ("property", "og:title", title),
        ("property", "og:description", about),
        ("property", "og:image", f"{root}{SOCIAL_PATH}"),
        ("name", "twitter:card", "summary_large_image"),
    )
    return "".join(
        f'<meta {kind}="{name}" content="{escape(value)}" />' for kind, name, value in tags
    )

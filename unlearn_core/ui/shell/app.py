"""Start the app: check address and password, build the page, serve it.

Imports nothing heavy by itself, so that a wrong flag is told at once and gradio finds its
environment set.
"""

import os
import socket
import threading
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from unlearn_core.errors import InvalidInput, LetheError, MissingPrerequisite
from unlearn_core.ui.shell.settings import (
    FIRST_PORT,
    PORTS_TRIED,
    AppSettings,
    for_space,
    is_open_space,
    is_space,
    set_environment,
)

if TYPE_CHECKING:
    from unlearn_core.ui.shell.services import Services

MAX_UPLOAD = "200mb"
WAIT_FOR_VISITOR_SECONDS = 15.0
"""Runs left waiting in the queue begin after this time also when nobody opens the page."""


def launch(settings: AppSettings) -> None:
    """Serve the app until it is interrupted.

    Raises:
        LetheError: The port is taken, a password is missing, or the workspace cannot be used.
    """
    settings = for_space(settings)
    set_environment(threads=settings.threads)
    password = settings.password or os.environ.get("LETHE_PASSWORD", "")
    if not is_open_space():
        check_password(settings, password)
    mcp = settings.mcp and can_offer_mcp(password)
    port = choose_port(settings)
    print("Lethe is starting ...", flush=True)
    services = make_services(settings)

    from unlearn_core.ui.browser.document import FAVICON
    from unlearn_core.ui.shell.language import page_languages
    from unlearn_core.ui.shell.page import build_app
    from unlearn_core.ui.shell.theme import page_look

    app = build_app(services)
    _, url, _ = app.launch(
        server_name=settings.host,
        server_port=port,
        auth=(settings.user, password) if password else None,
        inbrowser=settings.browser,
        prevent_thread_lock=True,
        quiet=True,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=True,
        max_file_size=MAX_UPLOAD,
        ssr_mode=False,
        favicon_path=FAVICON,
        i18n=page_languages(),
        mcp_server=mcp,
        **page_look(),
    )
    if app.mcp_error:
        print(app.mcp_error, flush=True)
    print(f"Lethe is open at {url}", flush=True)
    if app.mcp_server:
        print(f"MCP tools are offered at {url.rstrip('/')}/gradio_api/mcp/", flush=True)
    warming = threading.Thread(target=warm_up, args=(services,))
    try:
        # What loads behind the page would compete with it for the processor.
        services.visited.wait(WAIT_FOR_VISITOR_SECONDS)
        services.supervisor.start()
        warming.start()
        threading.Event().wait()
    except KeyboardInterrupt:
        print("Lethe is closed; a run that is going on goes on, and is found again.")
    finally:
        services.supervisor.close()
        app.close(verbose=False)
        if warming.ident is not None:
            warming.join()  # torch aborts the process when it is loading while Python ends


def make_services(settings: AppSettings) -> "Services":
    """The services of a server.

    Raises:
        InvalidInput: The workspace cannot be read and written.
    """
    from unlearn_core.runs.store import Store, default_workspace
    from unlearn_core.runs.supervisor import Supervisor
    from unlearn_core.ui.shell.services import Services

    folder = Path(settings.workspace).expanduser() if settings.workspace else default_workspace()
    store = Store(folder)
    return Services(store, Supervisor(store), settings)


def check_password(settings: AppSettings, password: str) -> None:
    """Other machines may reach the app only with a password.

    Raises:
        MissingPrerequisite: They could reach it without.
    """
    if is_space() and not password:
        raise MissingPrerequisite(
            "A Space can be reached by others, so a password is needed. Add LETHE_PASSWORD to the "
            "secrets of the Space, or the variable LETHE_OPEN with the value 1 if all who can see "
            "the Space may use it."
        )
    if not settings.is_local and not password:
        raise MissingPrerequisite(
            f"The address {settings.host} can be reached by other machines, so a password is "
            "needed. Set LETHE_PASSWORD or --password, or use --host 127.0.0.1."
        )


def can_offer_mcp(password: str) -> bool:
    """Whether MCP tools can be offered; says in a sentence why not, and the app goes on.

    Raises:
        InvalidInput: The app has a password, which gradio's MCP server cannot give.
    """
    if password:
        raise InvalidInput(
            "MCP tools cannot be offered behind a password, which language models' clients have no "
            "way to give. Leave out --mcp, or the password and any --host but this machine's own."
        )
    try:
        import_module("mcp")
    except ImportError as error:
        print(
            f"MCP tools are not offered ({error}). Install what they need with "
            '`pip install "mcp>=1.21,<2"` into the environment of Lethe.',
            flush=True,
        )
        return False
    return True


def choose_port(settings: AppSettings) -> int:
    """The port asked for, or the first free one.

    Raises:
        InvalidInput: It is taken, or none is free.
    """
    if settings.port is not None:
        if not is_free(settings.host, settings.port):
            raise InvalidInput(
                f"Port {settings.port} is in use. Choose another --port, or leave it out to take "
                "a free one."
            )
        return settings.port
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        if is_free(settings.host, port):
            if port != FIRST_PORT:
                print(f"Port {FIRST_PORT} is in use, so port {port} is taken instead.")
            return port
    last = FIRST_PORT + PORTS_TRIED - 1
    raise InvalidInput(f"No port from {FIRST_PORT} to {last} is free. Name a free one with --port.")


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there.

    Raises:
        InvalidInput: The address is not one of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise InvalidInput(
            f"The address '{host}' is unknown. Use 127.0.0.1 for this machine, or 0.0.0.0 with a "
            "password for all."
        ) from error
    except OSError as error:
        if error.errno == 99:
            raise InvalidInput(
                f"The address '{host}' is not one of this machine. Use 127.0.0.1, or 0.0.0.0 with "
                "a password for all."
            ) from error
        return False
    return True


def warm_up(services: "Services") -> None:
    """Load the bundled model behind the page, so that the first comparison answers at once."""
    try:
        services.pool.warm("bundled")
    except LetheError as error:  # the page says so too, beside the model
        print(error, flush=True)

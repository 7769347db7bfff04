"""What all servers have in common: an address with its key, and failures told without either."""

from __future__ import annotations

import logging
import os
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .waiting import LONGEST_WAIT, Check, NoAnswer, wait_for, with_retries

_CHATTY = ("httpx", "httpx2", "httpcore", "httpcore2", "openai", "google_genai")
HIDDEN = "***"
SHORTEST_KEY = 12
"""Characters of what may be a key, and not a word put in its place."""


@dataclass(frozen=True)
class Endpoint:
    """An address and the one key that goes there; neither is ever shown.

    Attributes:
        url: the base URL.
        key: the API key; empty for a server that asks for none.
        key_name: how messages call the key, e.g. "$GEMINI_API_KEY".
        timeout: seconds that one try may take.
        backoff: seconds to wait before each further try, after 429, 5xx, and time-outs.
    """

    url: str = field(repr=False)
    key: str = field(default="", repr=False)
    key_name: str = "the key"
    timeout: float = 60.0
    backoff: tuple[float, ...] = (1.0, 4.0)

    def converse(
        self, open_client: Callable[[], Any], ask: Callable[[Any], str], check: Check
    ) -> str:
        """What `ask` gets from a client of its own, tried again where that may help.

        Raises `NoAnswer`; whatever `check` raises ends the wait.
        """

        def opened() -> Any:
            try:
                return open_client()
            except Exception as error:  # it reads proxies and certificates from the environment
                raise NoAnswer(
                    f"its client could not be made ({type(error).__name__}): check the address,"
                    " and the variables for proxies and certificates"
                ) from None

        def attempt() -> str:
            client = wait_for(opened, check, 300.0)  # the import alone takes seconds

            def work() -> str:
                with closing(client):
                    return ask(client)

            return wait_for(work, check, self.timeout, client.close)

        return with_retries(attempt, self.backoff, check)

    @property
    def here(self) -> bool:
        """Whether it is on this machine: then no proxy gets to see key and prompt."""
        host = (urlsplit(self.url).hostname or "").rstrip(".")
        return host == "localhost" or host == "::1" or host.startswith("127.")

    @property
    def client_args(self) -> dict[str, Any]:
        """How an HTTP client is made: a key goes to its own address only, wherever a server points.

        What is on this machine is asked past any proxy, but trusted by the certificates that the
        environment names.
        """
        args: dict[str, Any] = {"follow_redirects": False, "trust_env": not self.here}
        trusted = os.environ.get("SSL_CERT_FILE")
        if trusted and self.here and self.url.startswith("https"):
            args["verify"] = ssl.create_default_context(cafile=trusted)
        return args

    def scrub(self, text: str) -> str:
        """The text without the key and the address."""
        parts = urlsplit(self.url)
        for secret in (self._true_key, self.url, self.url.rstrip("/"), parts.netloc,
                       parts.hostname):  # fmt: skip
            if secret:
                text = text.replace(secret, HIDDEN)
        # What is too short for that may still be one: as a word of its own it goes.
        return re.sub(rf"(?<!\w){re.escape(self.key)}(?!\w)", HIDDEN, text) if self.key else text

    @property
    def _true_key(self) -> str:
        """The key, unless it is so short that it may be in any word."""
        return self.key if len(self.key) >= SHORTEST_KEY else ""

    def scrub_reply(self, text: str) -> str:
        """What a model wrote, without a true key and the address.

        A host called "tower", or the key "x" of a server that asks for none, may be in any word.
        """
        for secret in (self._true_key, self.url.rstrip("/")):
            text = text.replace(secret, HIDDEN) if secret else text
        return text

    def detail(self, text: object) -> str:
        """What a server said, in a short line that is fit for a message."""
        line = self.scrub(" ".join(str(text or "").split()))
        return line if len(line) <= 160 else f"{line[:160]}…"

    def refusal(self, code: int, said: object, after: str | None = None) -> NoAnswer:
        """The failure behind an HTTP status; `after` is the header Retry-After."""
        # Servers quote the key, or half of it, where they refuse it: then nothing is passed on.
        if code in (401, 403) or (code == 400 and "api key" in str(said).lower()):
            return NoAnswer(f"{code}: the key was refused; check {self.key_name}")
        said = self.detail(said)
        why = f" ({said})" if said else ""
        seconds = _seconds(after)
        if code == 429 or code >= 500 or code == 408:
            failed = f"{code}: the server failed"
            cause = "429: too many requests, or no quota left" if code == 429 else failed
            when = f"; try again in {seconds:.0f} s" if (seconds or 0) > LONGEST_WAIT else ""
            return NoAnswer(cause + why + when, again=True, after=seconds)
        if code == 404:
            return NoAnswer(f"404: there is no such model or address; check the provider{why}")
        return NoAnswer(f"{code}: the server refused the request{why}")


_REFUSING = ("filter", "safety", "prohibited", "blocklist", "recitation", "spii", "refus", "block")


def unfinished(reply: str, why: str) -> NoAnswer | None:
    """The failure behind a reply that ended too soon, by the reason that its server gives.

    None where the reply is whole all the same.
    """
    why = why.lower()
    if any(word in why for word in ("length", "max_tokens")):
        if "{" in reply and reply.count("{") <= reply.count("}"):
            return None
        return NoAnswer("the reply was cut off at its limit of tokens; set a higher one, or none")
    if "{" not in reply and any(word in why for word in _REFUSING):
        return NoAnswer(f"the model refused to answer ({why}); say it in other words")
    return None


def cut_off(error: BaseException) -> NoAnswer:
    """The failure of a connection that could not be made, or broke, by what lies behind it."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    failed = "the connection could not be made"
    for each in causes:
        if isinstance(each, ssl.SSLCertVerificationError):
            return NoAnswer(f"{failed}: the server's certificate is not trusted; name the file of"
                            " its authority in $SSL_CERT_FILE")  # fmt: skip
        if isinstance(each, socket.gaierror) and each.errno != socket.EAI_AGAIN:
            return NoAnswer(f"{failed}: there is no such host; check the address, or the network")
        if isinstance(each, ConnectionRefusedError):
            return NoAnswer(f"{failed}: nothing listens there; start the server, or check the"
                            " address and the proxy", again=True)  # fmt: skip
    return NoAnswer(f"{failed}, or broke off", again=True)


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:  # a date
        return None


class _FromThread(logging.Filter):
    def __init__(self) -> None:
        super().__init__()
        self.thread = threading.get_ident()

    def filter(self, record: logging.LogRecord) -> bool:
        return record.thread != self.thread


@contextmanager
def unlogged() -> Iterator[None]:
    """Keep the HTTP libraries from logging addresses and headers, in this thread alone."""
    known = list(logging.root.manager.loggerDict)
    names = {name for name in known if name.split(".")[0] in _CHATTY} | set(_CHATTY)
    hush, loggers = _FromThread(), [logging.getLogger(name) for name in names]
    for logger in loggers:
        logger.addFilter(hush)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(hush)

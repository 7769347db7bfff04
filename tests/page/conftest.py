"""The host's page in a browser: see server.py and browser.py for the variables that name them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from graph.server import HOST, Server
from playwright.sync_api import Browser, sync_playwright

from .browser import CHROMIUM, FRONTEND, SETTINGS, VUE_SINCE, Tab, launch


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not HOST:
        pytest.skip("COMFYUI_PATH names no ComfyUI folder")
    options = ["--front-end-root", FRONTEND] if FRONTEND else []
    server = Server(tmp_path_factory.mktemp("base"), options, SETTINGS)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("CHROMIUM names no browser")
    with sync_playwright() as driver:
        browser = launch(driver)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tab(server: Server, browser: Browser) -> Tab:
    return Tab(browser, server.address)


@pytest.fixture(params=[False, True], ids=["classic", "vue"])
def drawn(request: pytest.FixtureRequest, tab: Tab) -> Tab:
    """The tab with one of the two renderers."""
    if request.param and tab.version < VUE_SINCE:
        pytest.skip("Nodes 2.0 of this page is a trial")
    tab.vue(request.param)
    return tab

"""What the command line shows of long work."""

from __future__ import annotations

import pytest

from prompt_edit import console


def test_a_log_gets_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with console.bar(3, "row") as advance:
        advance(1)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(console, "_SELDOM", 0)
    with console.bar(3, "row", 1) as advance:
        advance(2)
        advance(3, 3)
    assert capsys.readouterr().err.splitlines() == [
        "Note: 2 of 3 rows are done.",
        "Note: 3 of 3 rows are done.",
    ]

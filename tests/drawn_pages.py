"""Parts of pages drawn without a browser."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest


def drawn(script: Any, *arguments: Any) -> AppTest:
    """The app after a function drew its part, which must not fail."""
    app = AppTest.from_function(script, args=arguments, default_timeout=30).run()
    assert not app.exception, app.exception
    return app


def text_of(app: AppTest) -> str:
    """All text that was drawn."""
    return "\n".join(str(item.value) for item in app.markdown)

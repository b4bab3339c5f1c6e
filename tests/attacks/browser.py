"""A Chromium that does with a page what a person could, and tells all that happened."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.attacks.payloads import EVIL
from tests.attacks.site import STAGE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Request

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
_ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--mute-audio"),
    # What asks for anybody else's server gets no answer, and is told all the same.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_STAGE_SCRIPT = Path(__file__).with_name("stage.js").read_text()
_TELL = "window.ran = (number) => console.log('ran:' + number);"
_NUMBER = re.compile(rf"{re.escape(EVIL)}/(?P<how>go|load|img)/(?P<number>\d+)")
_AT_ONCE = 40

Item = Mapping[str, Any]  # Any: as stage.js takes it


@dataclass
class Seen:
    """What happened. by_key: what is wrong with an item; by_number: what a payload did."""

    by_key: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_number: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    violations: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def anything(self) -> list[str]:
        """Everything that must not happen, in words."""
        return [
            *(f"{key}: {', '.join(sorted(what))}" for key, what in self.by_key.items()),
            *(
                f"payload {number}: {', '.join(sorted(what))}"
                for number, what in self.by_number.items()
            ),
            *self.others,
        ]


@dataclass
class Chromium:
    """One running browser; each look at items is in a context of its own."""

    browser: Browser

    def look(self, address: str, items: Sequence[Item], at_once: int = _AT_ONCE) -> Seen:
        """Put each item into a frame of `address`'s stage, and do to it what a person could."""
        from playwright.sync_api import Error

        seen = Seen()
        context = self.browser.new_context(accept_downloads=False)
        context.add_init_script(_TELL)
        self._listen(context, address, seen)
        page = context.new_page()
        for start in range(0, len(items), at_once):
            page.goto(address + STAGE)
            try:
                problems = page.evaluate(_STAGE_SCRIPT, items[start : start + at_once])
            except Error as error:  # the whole page was led away, or closed
                seen.others.append(f"the stage was lost: {error.message[:200]}")
                page = context.new_page()
                continue
            for key, problem in problems:
                seen.by_key[key].add(problem)
        page.wait_for_timeout(50)
        context.close()
        return seen

    def visit(self, urls: Sequence[str]) -> list[str]:
        """Open each page as people do; answers what the browser complained of."""
        context = self.browser.new_context()
        told: list[str] = []
        context.on("console", lambda message: told.append(message.text))
        page = context.new_page()
        for url in urls:
            page.goto(url, wait_until="load")
        context.close()
        # Pictures of documents lie on servers that are not there.
        return [text for text in told if "ERR_NAME_NOT_RESOLVED" not in text]

    def _listen(self, context: BrowserContext, address: str, seen: Seen) -> None:
        def told(message: ConsoleMessage) -> None:
            if message.text.startswith("ran:"):
                seen.by_number[int(message.text[4:])].add("ran")
            elif "Content Security Policy" in message.text or "sandboxed" in message.text:
                seen.violations.append(f"{message.text} at {message.location.get('url')}")

        def asked(request: Request) -> None:
            _note_request(request, address, seen)

        def asks(dialog: Dialog) -> None:
            seen.others.append("a dialog")
            dialog.dismiss()

        context.on("console", told)
        context.on("request", asked)
        context.on("dialog", asks)
        context.on("download", lambda _: seen.others.append("a download"))


def _note_request(request: Request, address: str, seen: Seen) -> None:
    if request.url.startswith((f"{address}/", "data:image/")):
        return
    match = _NUMBER.match(request.url)
    may_load = request.resource_type == "image" and request.url.startswith(("https://", "http://"))
    if match and not (may_load and match["how"] == "img"):
        how = (
            "navigated" if request.is_navigation_request() else f"loaded as {request.resource_type}"
        )
        seen.by_number[int(match["number"])].add(how)
    elif not match and not may_load and not request.url.startswith(("about:", "blob:http://127")):
        seen.others.append(f"{request.resource_type}: {request.url[:100]}")


@contextmanager
def chromium() -> Iterator[Chromium]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_ARGUMENTS])
        yield Chromium(browser)
        browser.close()

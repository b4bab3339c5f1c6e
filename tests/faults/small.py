"""A small folder in which everything happens at once: news, edits, moves, copies, absences."""

from __future__ import annotations

from collections.abc import Callable

from tests.service import WatchedFolder, article

_PAGE = """<!doctype html><html lang="en"><head><title>{title}</title>
<link rel="canonical" href="https://courier.example.org/2022/ferry">
<meta property="og:site_name" content="The Courier">
</head><body><article><h1>{title}</h1>{body}</article></body></html>"""


def settle_before(folder: WatchedFolder, ingest: Callable[[], None]) -> None:
    """Fill the folder and ingest, so that some of it is published, refused, missing, withdrawn."""
    for name in (
        "kept",
        "edited",
        "cosmetic",
        "renamed",
        "rewritten",
        "swap-1",
        "swap-2",
        "removed",
        "missing",
        "primary",
        "back",
    ):
        folder.write(f"{name}.txt", article(f"The story of the {name} one"))
    folder.write("alternate.txt", _saved_anew(article("The story of the primary one")))
    folder.write("page.html", _page("Ferry runs again"))
    folder.write("mended.txt", b"\0\1\2\3" * 100)
    ingest()
    folder.remove("back.txt")
    ingest()
    folder.remove("missing.txt")
    ingest()
    folder.remove("primary.txt")
    ingest()


def change(folder: WatchedFolder) -> None:
    """Let everything happen, for one ingestion to find."""
    folder.write("edited.txt", article("The story of the edited one", author="John Roe"))
    folder.write("cosmetic.txt", _saved_anew(article("The story of the cosmetic one")))
    folder.move("renamed.txt", to="moved/renamed.txt")
    folder.remove("rewritten.txt")
    folder.write("moved/rewritten.txt", _saved_anew(article("The story of the rewritten one")))
    folder.move("swap-1.txt", to="swap.tmp")
    folder.move("swap-2.txt", to="swap-1.txt")
    folder.move("swap.tmp", to="swap-2.txt")
    folder.remove("removed.txt")
    folder.write("back.txt", article("The story of the back one"))
    folder.write("recrawled.html", _page("Ferry runs again", "<p>Read on below.</p>"))
    folder.write("mended.txt", article("The story of the mended one"))
    for name in ("new-1", "new-2", "new-3"):
        folder.write(f"{name}.txt", article(f"The story of the {name} one"))
    folder.copy("new-1.txt", to="copy-of-new.txt")
    folder.copy("kept.txt", to="copy-of-kept.txt")
    folder.write("refused.txt", b"\0\1\2\3" * 99)
    (folder.path / "link.txt").symlink_to("kept.txt")


def _saved_anew(text: str) -> str:
    return text.replace("\n", "\r\n")


def _page(title: str, more: str = "") -> str:
    told = " ".join(f"On pier {n} of the harbour {n} people waited for it." for n in range(30))
    return _PAGE.format(title=title, body=f"<p>{told}</p>{more}")

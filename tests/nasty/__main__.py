"""Write every case into a folder, and tell what it must become: `python -m tests.nasty FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.nasty.everything import all_cases, lay_out


def main(folder: Path) -> None:
    cases = all_cases()
    missed = lay_out(folder / "seeds", folder / "outside", cases)
    for case in cases:
        print(f"{case.fate}\t{case.path!r}\t{case.reason}")
    for case, why in missed.items():
        print(f"not made: {case.path!r} ({why})", file=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))

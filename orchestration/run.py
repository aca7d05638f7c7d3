"""`python -m orchestration.run [FOLDER] [AS_OF]`: the main job in one process, for use without the `kpi` command."""

import sys
from datetime import date
from pathlib import Path

from orchestration.inprocess import BROKEN, execute


def main(words: list[str]) -> int:
    """Run the main job of a folder (default: here), as of a date if one is given."""
    folder, as_of, *rest = [*words, *[""] * (2 - len(words))]
    try:
        day = date.fromisoformat(as_of) if as_of else None
    except ValueError:
        rest = [as_of]
    if rest:
        print(f"cannot read {rest[0]!r}; write: python -m orchestration.run [FOLDER] [YYYY-MM-DD]", file=sys.stderr)
        return BROKEN
    return execute(Path(folder or "."), day, lambda line: print(line, file=sys.stderr, flush=True))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

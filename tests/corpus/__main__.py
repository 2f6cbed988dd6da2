"""The command: python -m tests.corpus --pairs FILE."""

import sys

from tests.corpus.runner import main

if __name__ == "__main__":
    sys.exit(main())

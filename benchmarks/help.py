"""How long --help takes, against importing what it is written with; below 2 is wanted."""

import subprocess
import sys
import time

ROUNDS = 15
LIMIT = 2.0


def seconds(*arguments: str) -> float:
    """The fastest of several runs: what the machine does besides only ever adds."""
    fastest = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        fastest = min(fastest, time.perf_counter() - started)
    return fastest


def main() -> int:
    shown = seconds("-m", "gnkmigrate", "--help")
    imported = seconds("-c", "import typer, rich")
    print(f"  gnkmigrate --help    {shown * 1000:6.0f} ms")
    print(f"  import typer, rich   {imported * 1000:6.0f} ms")
    print(f"  ratio                {shown / imported:6.2f}    (limit {LIMIT:g})")
    return int(shown / imported >= LIMIT)


if __name__ == "__main__":
    sys.exit(main())

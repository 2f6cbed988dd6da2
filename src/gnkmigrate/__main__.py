"""The console script. Until a command has begun, Ctrl-C ends it without a traceback."""

import signal


def main() -> None:
    """Runs the command line."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the command answers it, once it is there
    from gnkmigrate.cli import main as run

    run()


if __name__ == "__main__":
    main()

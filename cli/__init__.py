"""The command line: parse, call one casework function, show its view, exit. It decides nothing.

A module for each group of `--help`. What does the work is imported inside the commands: `--help` must not wait for a browser
driver or a cryptography library.
"""

from cli.running import command_line, main, run

__all__ = ["command_line", "main", "run"]

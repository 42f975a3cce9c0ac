"""`python -m cli`: the console script of a checkout."""

from cli.running import main

main()

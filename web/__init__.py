"""The face without a terminal: pages on this machine over the same functions and views as the commands.

Nothing is computed here that a command cannot say: a page asks one casework function, shows its view, and adds pictures.
"""

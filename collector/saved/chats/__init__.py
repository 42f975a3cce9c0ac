"""Conversations that were exported or mailed: a module a format, one table of them. None is the Message Center's."""

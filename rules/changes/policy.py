"""What of a change is adverse to the buyer, as data: rules/policies/changes.toml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from collector.model import ALIBABA
from rules.policy.fact_names import FACTS
from rules.policy.platform import load_policy
from rules.policy.schema import from_toml, installed, wrong

WAYS = frozenset({"lower", "higher", "earlier", "later", "gone", "other"})
MESSAGES = ("message.new", "message.edited", "message.recalled", "message.missing")
SIDES = frozenset({"buyer", "supplier", "system"})


@dataclass(frozen=True, slots=True)
class FactRule:
    """Of one fact the ways of changing that are adverse; or the words, small, of which none stood there before.

    `words` is what it is called in a sentence, "" for what it is called elsewhere.
    """

    name: str
    adverse: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    why: str = ""
    todo: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class MessageRule:
    """Of one thing that can happen to a message whose messages it is adverse of."""

    name: str
    by: tuple[str, ...]
    why: str
    todo: str


@dataclass(frozen=True, slots=True)
class ChangePolicy:
    """All of it."""

    facts: tuple[FactRule, ...]
    messages: tuple[MessageRule, ...]

    def of_fact(self, name: str) -> FactRule:
        """The rule of a fact; of one that has none, one by which nothing is adverse."""
        return next((rule for rule in self.facts if rule.name == name), FactRule(name))

    def rank(self, name: str) -> int:
        """How grave a change of that is beside others: the place of its row, 0 the gravest."""
        names = [*(rule.name for rule in self.facts), *(rule.name for rule in self.messages)]
        return names.index(name) if name in names else len(names)

    def of_message(self, name: str, side: str) -> MessageRule | None:
        """The rule by which that is adverse of a message of that side, or None."""
        return next((rule for rule in self.messages if rule.name == name and side in rule.by), None)


@lru_cache
def load_change_policy(site: str = ALIBABA) -> ChangePolicy:
    """The installed policy in the words of a site. Raises WrongRequest that names the place of what is wrong."""
    return change_policy(load_policy(site).words.filled(installed("changes")))


def change_policy(text: str) -> ChangePolicy:
    """A policy from its text. Raises WrongRequest that names the place of what is wrong."""
    policy = from_toml(ChangePolicy, text, "changes")
    for number, rule in enumerate(policy.facts, 1):
        where = f"changes.facts[{number}]"
        if rule.name not in FACTS:
            raise wrong(where, f"there is no fact {rule.name!r}")
        if unknown := set(rule.adverse) - WAYS:
            raise wrong(where, f"{min(unknown)!r} is none of {', '.join(sorted(WAYS))}")
        if (rule.adverse or rule.says) and not (rule.why and rule.todo):
            raise wrong(where, "what is adverse needs `why` and `todo`")
    for number, told in enumerate(policy.messages, 1):
        if told.name not in MESSAGES or set(told.by) - SIDES:
            raise wrong(f"changes.messages[{number}]", f"`name` is one of {', '.join(MESSAGES)}, `by` names sides")
    return policy

"""What builds on what: the graph of prerequisites, walked. Pure.

`needs` gives what each topic builds on directly; topics that it does not name build on nothing. It
has no circle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from heapq import heapify, heappop, heappush
from typing import NamedTuple

Needs = Mapping[str, Collection[str]]


class Branch(NamedTuple):
    """A topic in a drawn tree, below the topic that builds on it."""

    topic: str
    last: tuple[bool, ...] = ()  # from the root down: was each the last of its siblings
    again: bool = False  # it was drawn above, with all that it builds on


def ordered(needs: Needs) -> tuple[str, ...]:
    """All topics, each after those it builds on; where that leaves a choice, the first given."""
    places = {topic: place for place, topic in enumerate(needs)}
    topics = list(needs)
    missing = {topic: sum(need in places for need in set(found)) for topic, found in needs.items()}
    opens = followers(needs)
    free = [places[topic] for topic in topics if not missing[topic]]
    heapify(free)
    order: list[str] = []
    while free:
        order.append(topics[heappop(free)])
        for topic in opens.get(order[-1], ()):
            missing[topic] -= 1
            if not missing[topic]:
                heappush(free, places[topic])
    assert len(order) == len(topics), "topics build on each other in a circle"
    return tuple(order)


def preceded(topics: Iterable[str], needs: Needs) -> tuple[str, ...]:
    """These topics in this order; before each, what it builds on and is not listed yet."""
    found: dict[str, None] = {}
    for topic in topics:
        path = [] if topic in found else [topic]  # each builds on the one that follows
        while path:
            missing = next((need for need in needs.get(path[-1], ()) if need not in found), None)
            if missing is None:
                found[path.pop()] = None
            else:
                assert missing not in path, "topics build on each other in a circle"
                path.append(missing)
    return tuple(found)


def followers(needs: Needs) -> dict[str, list[str]]:
    """What builds directly on each topic, in the order given."""
    found: dict[str, list[str]] = {}
    for topic, below in needs.items():
        for need in dict.fromkeys(below):
            found.setdefault(need, []).append(topic)
    return found


def leading_to(topic: str, needs: Needs) -> tuple[str, ...]:
    """The topic and all that it builds on, however far down, in an order to learn them in."""
    reached, left = {topic}, [topic]
    while left:
        below = set(needs.get(left.pop(), ())) - reached
        reached |= below
        left += below
    order = [one for one in needs if one in reached]
    order += sorted(reached - needs.keys())
    return ordered({one: needs.get(one, ()) for one in order})


def tree(topic: str, needs: Needs) -> Iterator[Branch]:
    """The topic, and below each topic what it builds on; one met again is named, not drawn."""
    drawn: set[str] = set()
    left = [Branch(topic)]
    while left:
        branch = left.pop()
        again = branch.topic in drawn
        yield branch._replace(again=again)
        drawn.add(branch.topic)
        below = () if again else tuple(dict.fromkeys(needs.get(branch.topic, ())))
        left += [
            Branch(need, (*branch.last, place == 0)) for place, need in enumerate(reversed(below))
        ]

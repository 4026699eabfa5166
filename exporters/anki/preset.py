"""The learner's settings as a preset of Anki's deck options. Pure."""

from __future__ import annotations

from typing import Any

from exporters.anki.objects import stable_id
from exporters.base import Scheduling

_LONGEST_S = 60  # that Anki counts of an answer
_SUSPEND, _TAG_ONLY = 0, 1
_NEVER = 9999  # lapses: no card becomes a leech


def preset(scheduling: Scheduling) -> dict[str, Any]:
    """The preset; its id moves with the settings, for Anki updates none that it has."""
    return {
        "id": stable_id("preset", repr(scheduling)),
        "name": "driftdeck",
        "mod": 0, "usn": -1, "maxTaken": _LONGEST_S, "autoplay": True, "timer": 0, "replayq": True,
        "new": {
            "bury": True, "delays": _minutes(scheduling.learning_steps_s), "initialFactor": 2500,
            "ints": [1, 4, 7], "order": 1, "perDay": scheduling.new_per_day, "separate": True,
        },
        "rev": {
            "bury": True, "ease4": 1.3, "hardFactor": 1.2, "ivlFct": 1,
            "maxIvl": scheduling.maximum_interval_days, "perDay": scheduling.reviews_per_day,
        },
        "lapse": {
            "delays": _minutes(scheduling.relearning_steps_s),
            "leechAction": _SUSPEND if scheduling.leech_suspends else _TAG_ONLY,
            "leechFails": scheduling.leech_lapses or _NEVER, "minInt": 1, "mult": 0,
        },
        "fsrsParams6": list(scheduling.weights),
        "desiredRetention": scheduling.desired_retention,
        "sm2Retention": 0.9,  # left out it would be zero
        "easyDaysPercentages": [1.0] * 7,
    }  # fmt: skip


def _minutes(steps_s: tuple[int, ...]) -> list[float]:
    return [step_s / 60 for step_s in steps_s]

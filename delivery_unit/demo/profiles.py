"""The demonstration systems by name. Each wants a database of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from delivery_unit.demo.campus_room import CAMPUS
from delivery_unit.demo.everly_room import EVERLY
from delivery_unit.demo.load import load
from delivery_unit.demo.shapes import Demo
from delivery_unit.demo.state import NAMED, ZONE, load_state


@dataclass(frozen=True)
class Profile:
    """`who` are the people who can sign in, as (e-mail, name, title)."""

    name: str
    load: Callable[[date], object]
    zone: str
    who: tuple[tuple[str, str, str], ...]


def _told(demo: Demo) -> Profile:
    who = tuple((each.email, each.name, each.title) for each in demo.people)
    return Profile(demo.profile, partial(load, demo), demo.system.zone, who)


_STATE = Profile(
    "state",
    load_state,
    ZONE,
    tuple((f"{short}@state.example", name, title) for short, name, title, _role in NAMED),
)

PROFILES = {profile.name: profile for profile in (_told(EVERLY), _told(CAMPUS), _STATE)}

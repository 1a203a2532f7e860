"""The demonstration systems by name. Each wants a database of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from delivery_unit.demo.campus_room import CAMPUS
from delivery_unit.demo.everly_room import EVERLY
from delivery_unit.demo.load import load
from delivery_unit.demo.shapes import Demo
from delivery_unit.demo.state import ZONE, load_state
from delivery_unit.demo.who import WHO


@dataclass(frozen=True)
class Profile:
    """`who` are the people who can sign in, as (e-mail, name, title)."""

    name: str
    load: Callable[[date], object]
    zone: str

    @property
    def who(self) -> tuple[tuple[str, str, str], ...]:
        return WHO[self.name]


def _of(demo: Demo) -> Profile:
    return Profile(demo.profile, partial(load, demo), demo.system.zone)


PROFILES = {
    profile.name: profile
    for profile in (_of(EVERLY), _of(CAMPUS), Profile("state", load_state, ZONE))
}

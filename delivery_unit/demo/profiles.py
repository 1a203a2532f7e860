"""The demonstration systems by name. Each wants a database of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from delivery_unit.demo.load import load_everly
from delivery_unit.demo.loader import ZONE
from delivery_unit.demo.people import PEOPLE
from delivery_unit.demo.state import NAMED, load_state


@dataclass(frozen=True)
class Profile:
    """`who` are the people who can sign in, as (e-mail, title)."""

    name: str
    load: Callable[[date], object]
    zone: str
    who: tuple[tuple[str, str], ...]


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("everly", load_everly, ZONE, tuple((each.email, each.title) for each in PEOPLE)),
        Profile(
            "state",
            load_state,
            ZONE,
            tuple((f"{short}@state.example", title) for short, _name, title, _role in NAMED),
        ),
    )
}

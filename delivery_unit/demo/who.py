"""Who can sign in to which demonstration; readable before the applications are loaded."""

from delivery_unit.demo import campus_people, everly_people
from delivery_unit.demo.shapes import DemoPerson
from delivery_unit.demo.state_people import NAMED


def _told(people: tuple[DemoPerson, ...]) -> tuple[tuple[str, str, str], ...]:
    return tuple((each.email, each.name, each.title) for each in people)


# (e-mail, name, title) by the name of the demonstration
WHO = {
    "everly": _told(everly_people.PEOPLE),
    "campus": _told(campus_people.PEOPLE),
    "state": tuple((f"{short}@state.example", name, title) for short, name, title, _role in NAMED),
}

"""Whom a list of people meets: everybody on record, in four queries."""

from dataclasses import dataclass
from datetime import date

from accounts.models import OrgUnit, Position, RoleAssignment, User
from accounts.roles import Role


@dataclass
class Held:
    people: dict[str, User]
    units: dict[str, OrgUnit]
    positions: dict[int, Position]
    roles: dict[tuple[int, str], RoleAssignment]
    system_leader: str

    def position_of(self, person: User | None) -> Position | None:
        return self.positions.get(person.pk) if person else None

    def role_of(self, person: User | None, role: Role) -> RoleAssignment | None:
        return self.roles.get((person.pk, role)) if person else None

    def has_position(self, email: str) -> bool:
        person = self.people.get(email)
        return person is not None and person.is_active and person.pk in self.positions

    @property
    def boss_of(self) -> dict[str, str]:
        rows = self.positions.values()
        return {row.person.email: row.reports_to.person.email for row in rows if row.reports_to}


def read_held(today: date) -> Held:
    """Of two positions the one that began last counts, as on the pages."""
    positions = Position.objects.current(today).order_by("valid_from", "pk")
    positions = positions.select_related("person", "reports_to__person")
    roles = RoleAssignment.objects.current(today).select_related("person")
    leaders = RoleAssignment.objects.filter(role=Role.SYSTEM_LEADER).overlapping(today, None)
    leader = leaders.select_related("person").first()
    return Held(
        people={person.email: person for person in User.objects.all()},
        units={unit.code: unit for unit in OrgUnit.objects.current(today)},
        positions={row.person_id: row for row in positions},
        roles={(row.person_id, row.role): row for row in roles},
        system_leader=leader.person.email if leader else "",
    )

"""Who may see and change people, and look as them: `can_<verb>_<noun>(user, thing)`."""

from typing import TYPE_CHECKING

from accounts.roles import Permission

if TYPE_CHECKING:  # permissions lie below the models: they only name their types
    from accounts.models import OrgUnit, User


def can_view_as(user: "User", person: "User") -> bool:
    """An administrator as anybody at work who is no administrator: nobody borrows their rights."""
    return (
        user.may(Permission.ADMINISTER)
        and person.is_active
        and not person.may(Permission.ADMINISTER)
    )


def can_list_people(user: "User") -> bool:
    """Board members, local leaders and whoever holds no role see no list of people."""
    return user.may(Permission.SEE_DIRECTORY) or user.may(Permission.SEE_PEOPLE)


def can_view_person(user: "User", person: "User") -> bool:
    """`User.objects.visible_to(user)` says the same for many."""
    if user.pk == person.pk or user.may(Permission.SEE_PEOPLE):
        return True
    return person.is_active and user.may(Permission.SEE_DIRECTORY)


def can_view_access(user: "User", person: "User") -> bool:
    """Address, dates, and whether and when the person signs in."""
    return user.pk == person.pk or user.may(Permission.SEE_PEOPLE)


def can_add_people(user: "User") -> bool:
    return user.may(Permission.ADMINISTER)


def can_change_person(user: "User", person: "User") -> bool:
    """Name, address, positions, roles: administrators. A pseudonym stays one."""
    return user.may(Permission.ADMINISTER) and person.pseudonymised_at is None


def can_let_go(user: "User", person: "User") -> bool:
    """Who decides about accounts; an administrator leaves by the hand of an administrator alone.

    `User.objects.to_let_go(user)` says the same for many.
    """
    if not (person.is_active and user.may(Permission.DECIDE_ACCOUNTS)):
        return False
    return can_pass_on_roles(user) or not person.may(Permission.ADMINISTER)


def can_pass_on_roles(user: "User") -> bool:
    """Whether somebody else takes the role of a person who leaves: giving roles is administration."""
    return user.may(Permission.ADMINISTER)


def can_view_org_units(user: "User") -> bool:
    return can_list_people(user)


def can_change_org_unit(user: "User", unit: "OrgUnit | None" = None) -> bool:  # noqa: ARG001 - the object, as everywhere
    return user.may(Permission.ADMINISTER)

"""What an administrator types about goals, and about people as far as goals are concerned."""

from django import forms

from accounts.models import RoleAssignment
from goals.models import NOT_BOTH, GoalRole


class RoleForm(forms.ModelForm):
    """A role of a person. Who is on the team of a goal cannot be in the Unit meanwhile."""

    class Meta:
        model = RoleAssignment
        fields = (
            "person", "role", "org_unit", "fte_percent", "home_unit", "is_co_lead", "valid_from",
            "valid_to",
        )  # fmt: skip

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors and GoalRole.objects.barring(self.instance).exists():
            self.add_error("role", NOT_BOTH)

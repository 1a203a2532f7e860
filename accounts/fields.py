"""How fields of forms look and behave everywhere."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

PLAIN = (forms.CheckboxInput, forms.CheckboxSelectMultiple, forms.RadioSelect, forms.HiddenInput)
LONGEST_ID = 18  # digits of a key that every database can look for


def dress(form: forms.BaseForm) -> None:
    """Gives each field the class of its kind."""
    for field in form.fields.values():
        if not isinstance(field.widget, PLAIN):
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": _("Write the date as year-month-day, for example 2028-06-30."),
            **options.pop("error_messages", {}),
        },
        **options,
    )


class OneOf(forms.ModelChoiceField):
    """One row by its id; what is too long for one is none of them, on every database."""

    def to_python(self, value: Any) -> Any:
        if value and len(str(value)) > LONGEST_ID:
            raise forms.ValidationError(self.error_messages["invalid_choice"])
        return super().to_python(value)


class OnePerson(OneOf):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.title}" if getattr(obj, "title", "") else str(obj.name)

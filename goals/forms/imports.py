from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit
from goals.importing.specs import MappingError, spec_of
from goals.models import ImportMapping, Indicator


class UploadForm(forms.Form):
    """A file of numbers, and how it is read."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV in UTF-8. Nothing is entered before you confirm it."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )
    mapping = forms.ModelChoiceField(
        ImportMapping.objects.all(),
        label=_("Shape of the file"),
        required=False,
        empty_label=_("The product's own columns"),
        help_text=_("A saved mapping reads a publisher's file as it is."),
    )
    indicator = forms.ModelChoiceField(
        Indicator.objects.none(),
        label=_("Indicator"),
        required=False,
        empty_label=_("As each row says"),
        to_field_name="code",
        help_text=_("For files whose rows do not name one."),
    )

    def __init__(self, data: Any = None, files: Any = None, *, indicators: Any) -> None:
        super().__init__(data, files)
        choice = self.fields["indicator"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - declared above
        choice.queryset = indicators
        for name in ("mapping", "indicator"):
            self.fields[name].widget.attrs["class"] = "form-select"
        self.fields["file"].widget.attrs.update(
            {"class": "form-control", "accept": ".csv,text/csv"}
        )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(limit)s MB. Split it, for example by year.")
                % {"limit": settings.IMPORT_MAX_BYTES // 1_000_000}
            )
        return file


class ImportMappingForm(forms.ModelForm):
    """A saved mapping, refused where it cannot work."""

    class Meta:
        model = ImportMapping
        fields = ("name", "title", "spec", "updated_by")

    def clean_spec(self) -> Any:
        try:
            spec_of(self.cleaned_data["spec"])
        except MappingError as error:
            raise forms.ValidationError(str(error)) from error
        return self.cleaned_data["spec"]


class UnitsForm(forms.Form):
    """Where unknown organisation units are to be made."""

    parent = forms.ModelChoiceField(
        OrgUnit.objects.all(),
        label=_("Make them parts of"),
        to_field_name="code",
        empty_label=_("Choose a unit"),
        error_messages={"required": _("Choose the unit that they are part of.")},
        widget=forms.Select(attrs={"class": "form-select"}),
    )


class ConfirmForm(forms.Form):
    """The decision to enter what the dry run showed."""

    reason = forms.CharField(
        label=_("Reason for the revisions"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    accept_valid = forms.BooleanField(
        label=_("Take the rows that are right and leave the others out"), required=False
    )

    def __init__(self, data: Any = None, *, needs_reason: bool, has_errors: bool) -> None:
        super().__init__(data)
        self.needs_reason, self.has_errors = needs_reason, has_errors
        if not needs_reason:
            del self.fields["reason"]
        if not has_errors:
            del self.fields["accept_valid"]

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"]).strip()
        if not reason:
            raise forms.ValidationError(
                _("Say why values that are held change, for example “late returns”.")
            )
        return reason

    def clean_accept_valid(self) -> bool:
        if not self.cleaned_data["accept_valid"]:
            raise forms.ValidationError(
                _("Some rows are wrong. Correct the file, or tick to take the others alone.")
            )
        return True

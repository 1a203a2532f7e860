from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 2000


class AnswerForm(forms.Form):
    """One of the five answers: words that somebody stands behind."""

    text = forms.CharField(
        label=_("Answer"),
        max_length=LONGEST,
        help_text=_("One to three sentences. Earlier answers are kept."),
        error_messages={"required": _("Write an answer before saving it.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )

"""`manage.py import_org_units FILE`: the same importer as the page of offices."""

from accounts.models import ListImport
from stocktakes.management.list_command import ListCommand


class Command(ListCommand):
    help = "Imports organisation units from a CSV file; a file with errors changes nothing."
    kind = ListImport.Kind.ORG_UNITS

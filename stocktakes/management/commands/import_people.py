"""`manage.py import_people FILE`: the same importer as the page of people."""

from accounts.models import ListImport
from stocktakes.management.list_command import ListCommand


class Command(ListCommand):
    help = "Imports people from a CSV file; a file with errors changes nothing."
    kind = ListImport.Kind.PEOPLE

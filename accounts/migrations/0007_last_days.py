"""Leaving is kept as the person's last day alone."""

from datetime import timedelta

from django.db import migrations


def keep_last_days(apps, schema_editor):
    """Of people whose leaving was decided and is still ahead."""
    changes = apps.get_model("accounts", "AccountChange").objects.using(schema_editor.connection.alias)
    people = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    for change in changes.filter(undone_at__isnull=True, asked__leaving__isnull=False):
        if not change.asked.get("closed"):
            here = people.filter(pk=change.asked["leaving"], is_active=True, last_day__isnull=True)
            here.update(last_day=change.starts_on - timedelta(days=1))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_people")]

    operations = [migrations.RunPython(keep_last_days, migrations.RunPython.noop)]

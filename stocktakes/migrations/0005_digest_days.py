from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def counted_on_their_day(apps, _schema_editor):
    """Until now every digest was told and counted on the system's day."""
    apps.get_model("stocktakes", "Digest").objects.update(counted_on=F("on"))


class Migration(migrations.Migration):
    dependencies = [
        ("stocktakes", "0004_notifications"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="digest",
            name="counted_on",
            field=models.DateField(null=True, verbose_name="counted on"),
        ),
        migrations.RunPython(counted_on_their_day, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="digest",
            name="counted_on",
            field=models.DateField(verbose_name="counted on"),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.UniqueConstraint(
                fields=("person", "counted_on"),
                name="stocktakes_digest_one_a_day_of_the_system_for_each_person",
            ),
        ),
    ]

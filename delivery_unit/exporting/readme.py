"""What stands beside the files of an export."""

from collections.abc import Mapping

from delivery_unit.exporting.tables import KEPT_BACK

TEXT = """What this is
============
Everything that this Delivery Unit system holds about the work, as text. Keep it as you keep the
system: confidential goals are in it, because the operator of the server asked for it.

Tables are CSV: UTF-8, commas, dates like 2026-06-30, moments in UTC, a decimal point, true and
false. Rows that have no code of their own are numbered in their file, and named by that number.

observations.csv      values, every revision, as the data desk and `manage.py import_observations`
                      read them
totals.csv            values that were added up here from their parts, in the same columns
entries.csv           who entered a value, where a person did
org_units.csv         organisation units, as lists of units are read
people.csv            today's position and role of everybody who is active, as lists of people are read
people_settings.csv, positions.csv, roles.csv, accounts.csv
                      the same and more, with all dates; accounts are goal leaders and consultants
trajectories.csv      the path in force of every series: baseline, points, target
trajectory_versions.csv, trajectory_points.csv, targets.csv
                      every version of every path and target
packs.csv, packs/     what each pack said, as it was frozen, and the SHA-256 of that text
SHA256SUMS            the fingerprints of all files: `sha256sum -c SHA256SUMS`

`manage.py import_export FOLDER` reads it into an empty system; an export of that one is the same.
Passwords are not in it, so everybody asks for a new one.

Kept back
=========
- judgements that are still sealed, notes about relationships (hand-over notes of accounts among
  them), and raw feedback: promised to those who wrote them
- credentials: passwords, second factors, sessions, links
- the history of settings and reference data (who changed what), and which demonstration this is
- the drawn PDF files of packs, which are drawn again from their text
{kept_back}
A whole copy, with all of that, is a backup of the database.

How much
========
{counts}
"""


def readme(counts: Mapping[str, int]) -> str:
    width = max(map(len, counts))
    return TEXT.format(
        kept_back="".join(f"- {why}\n" for why in sorted(set(KEPT_BACK.values()))),
        counts="\n".join(f"{name:{width}}  {counts[name]:>8} rows" for name in sorted(counts)),
    )

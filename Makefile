# Every command of the project. Needs Python 3.11 or newer and nothing else; PYTHON names another.
.POSIX:

ENVIRONMENT = $${PYTHON:-python3} -m tools.environment

help:
	@echo "make demo    look around: http://localhost:8000, everything on SQLite (PORT=8010 moves it,"
	@echo "             PROFILE=campus takes the university system)"
	@echo "make run     the production shape: PostgreSQL and Redis from DATABASE_URL and REDIS_URL"
	@echo "make test    every test, on SQLite and on real servers (a subset: ARGS='goals -k rounding')"
	@echo "make check   format, lint, import contracts, migrations, templates, types, deploy settings"
	@echo "make html    walk the pages of the demonstration through the Nu HTML checker"
	@echo "make bench   time the pages on the large synthetic system (ARGS=sqlite, ARGS='--requests 20')"
	@echo "             FORECAST=PATH instead: score the projection fan on real series, a folder or a file"
	@echo "make strain  fifty readers and five writers while servers come and go (ARGS='--minutes 2')"
	@echo "make walk    look at every page in a browser, at three widths, light and dark (ARGS=--main: in short)"
	@echo "make lighthouse  Lighthouse on the ten main pages as a phone sees them (needs Node)"
	@echo "make fix     bring the format into order"

demo:
	@$(ENVIRONMENT) runtime
	@exec .venv/bin/python -m delivery_unit.serve demo

run:
	@$(ENVIRONMENT) runtime
	@exec .venv/bin/python -m delivery_unit.serve run

test:
	@$${PYTHON:-python3} -m tools.machine
	@$(ENVIRONMENT) dev
	@exec .venv/bin/python -m tools.test $(ARGS)

check:
	@$(ENVIRONMENT) dev
	@exec .venv/bin/python -m tools.check

html:
	@$(ENVIRONMENT) dev
	@exec .venv/bin/python -m tools.pages

bench:
	@if [ -n "$(FORECAST)" ]; then $(ENVIRONMENT) forecast; else $(ENVIRONMENT) dev; fi
	@if [ -n "$(FORECAST)" ]; then exec .venv/bin/python -m tools.forecast "$(FORECAST)" $(ARGS); \
	else exec .venv/bin/python -m tools.bench $(ARGS); fi

strain:
	@$(ENVIRONMENT) dev
	@exec .venv/bin/python -m tools.strain $(ARGS)

walk:
	@$(ENVIRONMENT) dev
	@exec .venv/bin/python -m tools.walk $(ARGS)

lighthouse:
	@$(ENVIRONMENT) dev
	@exec .venv/bin/python -m tools.lighthouse

fix:
	@$(ENVIRONMENT) dev
	@exec .venv/bin/python -m tools.check --fix

.PHONY: help demo run test check html bench strain walk lighthouse fix

#!/usr/bin/env bash
# Run once by Gradescope when it builds the image: a private Python environment, exactly as locked.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
unset PYTHONDONTWRITEBYTECODE
bash autograder/doors/install.sh "$PWD/.venv" "$PWD"
.venv/bin/python -m compileall -q autograder exercises

# Reads the settings, and stops here with one line where one is wrong.
.venv/bin/python -P -m autograder.doors.gradescope.door --prepare ..
mkdir -p archives
.venv/bin/python -P -m autograder.doors.fill_archive

# What a submission must not read is root's alone; what the worker imports is everybody's.
chmod a+x .. .
chmod -R go+rX exercises .venv
chmod -R go-rwx autograder archives salt.key solutions tests plan.json started.json exercise.toml otter_config.json
echo "The grader of $(ls solutions) is set up."

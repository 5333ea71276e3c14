#!/usr/bin/env bash
# Run once by Gradescope when it builds the image: a private Python environment, exactly as locked.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
export DEBIAN_FRONTEND=noninteractive UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_INSTALL_DIR=/opt/kit/python
unset PYTHONDONTWRITEBYTECODE

if ! command -v uv >/dev/null; then
    if ! python3 -c 'import ensurepip' 2>/dev/null; then
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
    fi
    python3 -m venv /opt/kit/uv
    /opt/kit/uv/bin/pip install --quiet --disable-pip-version-check --no-cache-dir uv
    export PATH="/opt/kit/uv/bin:$PATH"
fi

# The system's own Python where it is new enough, else one of uv's, else a newer one of the distribution's beside it.
if ! uv python find --no-python-downloads >/dev/null 2>&1 && ! timeout 120 uv python install --quiet 3.12; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends python3.11 >/dev/null
fi
uv sync --frozen --no-dev --no-cache --quiet
.venv/bin/python -m compileall -q autograder exercises
# Headers for compiling, a browser's driver, and what installed all this: no grading uses them.
rm -rf .venv/lib/python3*/site-packages/{tensorflow/include,playwright/driver} /opt/kit/uv /var/lib/apt/lists/*

# Reads the settings, and stops here with one line where one is wrong.
.venv/bin/python -P -m autograder.doors.gradescope.door --prepare ..
mkdir -p archives
.venv/bin/python -P -m autograder.doors.gradescope.fill_archive

# What a submission must not read is root's alone; what the worker imports is everybody's.
chmod a+x .. .
chmod -R go+rX exercises .venv
chmod -R go-rwx autograder archives salt.key solutions tests plan.json started.json exercise.toml otter_config.json
echo "The grader of $(ls solutions) is set up."

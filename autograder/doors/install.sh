#!/usr/bin/env bash
# install.sh ENVIRONMENT SOURCE: a Python environment of exactly the locked packages, each checked against its hash.
# Nothing is built, so no build backend is fetched: the kit runs from its files in SOURCE.
set -euo pipefail
environment=$1 source=$2
cd "$(dirname "$(readlink -f "$0")")/../.."
export DEBIAN_FRONTEND=noninteractive UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_INSTALL_DIR=/opt/kit/python
unset PYTHONDONTWRITEBYTECODE

if ! python3 -c 'import ensurepip' 2>/dev/null; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
fi
tools=$(mktemp -d)
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir --require-hashes --only-binary :all: \
    --requirement autograder/doors/uv.txt
export PATH="$tools/bin:$PATH"

# The system's own Python where it is new enough, else one of uv's, else a newer one of the distribution's beside it.
if ! uv python find --no-python-downloads >/dev/null 2>&1 && ! timeout 120 uv python install --quiet 3.12; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends python3.11 >/dev/null
fi
UV_PROJECT_ENVIRONMENT="$environment" uv sync --frozen --no-build --no-install-workspace --no-cache --quiet
packages=$(echo "$environment"/lib/python3*/site-packages)
printf '%s\n' "$source" "$source/exercises" >"$packages/kit.pth"
# Headers for compiling, and what installed all this: no grading uses them.
rm -rf "$packages/tensorflow/include" "$tools" /var/lib/apt/lists/*

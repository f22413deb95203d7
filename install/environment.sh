#!/bin/sh
# Finds a fitting Python and hands over to environment.py. Usage: sh install/environment.sh [--python NAME-OR-PATH] [more]
# Every obstacle is one sentence on stderr and exit code 2.
set -u

needed="Guantong needs Python 3.11, 3.12 or 3.13"
probe='import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else 1)'
version='import platform; print(platform.python_version())'

refuse() {
    echo "$1" >&2
    exit 2
}

fits() { "$1" -c "$probe" >/dev/null 2>&1; }

# pyenv's stand-ins exist for every version it holds and fail unless that version is switched on: ask pyenv for the real one
pyenv_python() {
    command -v pyenv >/dev/null 2>&1 || return 1
    held=$(pyenv latest "${1#python}" 2>/dev/null) || return 1
    echo "$(pyenv root)/versions/$held/bin/python"
}

named() {
    found=$(command -v "$1" 2>/dev/null) || refuse "There is no Python called $1 here; $needed: name one that is installed, such as PYTHON=python3.12 or PYTHON=/usr/bin/python3.12."
    if ! "$found" -c '' >/dev/null 2>&1; then
        found=$(pyenv_python "$1") && "$found" -c '' >/dev/null 2>&1 || refuse "$1 is there but does not run as Python; $needed: name one that does, such as PYTHON=/usr/bin/python3.12."
    fi
    fits "$found" || refuse "$needed, and $1 is $("$found" -c "$version" 2>/dev/null || echo another); name a fitting one, such as PYTHON=python3.12."
    echo "$found"
}

any() {
    # the environment that is there keeps its Python, unless another is asked for
    if [ -x .venv/bin/python ] && fits .venv/bin/python; then
        base=$(.venv/bin/python -c 'import sys; print(sys._base_executable)')
        if fits "$base"; then echo "$base" && return; fi
    fi
    for name in python3 python3.13 python3.12 python3.11 python; do
        if fits "$name"; then command -v "$name" && return; fi
    done
    for number in 3.13 3.12 3.11; do
        if found=$(pyenv_python "$number") && fits "$found"; then echo "$found" && return; fi
    done
    refuse "$needed, and none was found here: install one, or name it with PYTHON=/path/to/python3.12."
}

cd "$(dirname "$0")/.." || exit 2
wanted=""
if [ "${1:-}" = "--python" ]; then
    wanted=${2:-}
    shift 2
fi
if [ -n "$wanted" ]; then python=$(named "$wanted") || exit 2; else python=$(any) || exit 2; fi
exec "$python" install/environment.py "$@"

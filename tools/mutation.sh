#!/bin/sh
# Mutation testing of the code that decides about codes (docs/mutation.md): tools/mutation.sh FOLDER [MUTANT...]
# Works in FOLDER, a clone of this checkout with an environment of its own; an hour or two on two cores.
# A second call goes on where the first one ended.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
folder=$1
shift
if [ ! -d "$folder/.git" ]; then
    git clone -q "$here" "$folder"
    cat >>"$folder/setup.cfg" <<'CONFIG'

[mutmut]
source_paths = labelsvc
only_mutate =
    labelsvc/codes/alphabet.py
    labelsvc/codes/carton.py
    labelsvc/codes/cartons.py
    labelsvc/codes/gs1.py
    labelsvc/codes/key.py
    labelsvc/codes/keyring.py
    labelsvc/codes/offline.py
    labelsvc/codes/permutation.py
    labelsvc/codes/sealing.py
    labelsvc/codes/short.py
    labelsvc/codes/signing.py
    labelsvc/codes/units.py
    labelsvc/codes/uri.py
    labelsvc/codes/trust/bits.py
    labelsvc/codes/trust/bitstring.py
    labelsvc/codes/trust/body.py
    labelsvc/codes/trust/held.py
    labelsvc/codes/trust/manifest.py
    labelsvc/codes/trust/status.py
also_copy =
    labelsvc
    templates
    label_layouts
    docs
pytest_add_cli_args =
    -x
    -q
    -p
    no:cacheprovider
    -k
    not postgresql and not processes and not token
pytest_add_cli_args_test_selection =
    tests/codes
CONFIG
fi
cd "$folder"
if [ ! -x .venv/bin/mutmut ]; then
    python3 -m venv .venv
    .venv/bin/pip install -q --require-hashes -r requirements/test.txt
    .venv/bin/pip install -q mutmut==3.8.1
fi
CI=true exec .venv/bin/mutmut run --max-children 2 "$@"

#!/bin/sh
# Mutation testing of the code that decides about codes (docs/mutation.md): tools/mutation.sh FOLDER [MUTANT...]
# Works in FOLDER, a clone of this checkout with an environment of its own; half an hour on two cores.
# A second call goes on where the first one ended.
#
# mutmut runs the tests that it saw reach a function. A fixture of the whole session reaches it in its
# first test alone, so what survives is run once more, with every test: FOLDER/survived names the rest.
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
    labelsvc/codes/forms/alphabet.py
    labelsvc/codes/forms/carton.py
    labelsvc/codes/register/cartons.py
    labelsvc/codes/forms/gs1.py
    labelsvc/codes/keys/key.py
    labelsvc/codes/keys/keyring.py
    labelsvc/codes/forms/offline.py
    labelsvc/codes/forms/permutation.py
    labelsvc/codes/keys/sealing.py
    labelsvc/codes/forms/short.py
    labelsvc/codes/forms/signing.py
    labelsvc/codes/forms/units.py
    labelsvc/codes/forms/uri.py
    labelsvc/codes/trust/formats/bits.py
    labelsvc/codes/trust/bitstring.py
    labelsvc/codes/trust/formats/body.py
    labelsvc/codes/trust/held.py
    labelsvc/codes/trust/formats/manifest.py
    labelsvc/codes/trust/formats/status.py
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
    not postgresql and not processes and not token and not test_a_million
pytest_add_cli_args_test_selection =
    tests/codes/test_frozen_vectors.py
    tests/codes/trust/test_frozen_vectors.py
    tests/codes/forms/test_alphabet.py
    tests/codes/forms/test_carton.py
    tests/codes/register/test_cartons.py
    tests/codes/test_forgery.py
    tests/codes/forms/test_forms.py
    tests/codes/forms/test_gs1_links.py
    tests/codes/keys/test_keyring.py
    tests/codes/forms/test_permutation.py
    tests/codes/keys/test_sealing.py
    tests/codes/forms/test_signing.py
    tests/codes/forms/test_uri.py
    tests/codes/trust/test_bitstring.py
    tests/codes/trust/test_body.py
    tests/codes/trust/test_held.py
    tests/codes/trust/test_held_delta.py
    tests/codes/trust/test_manifest.py
    tests/codes/trust/test_status.py
CONFIG
fi
cd "$folder"
if [ ! -x .venv/bin/mutmut ]; then
    python3 -m venv .venv
    .venv/bin/pip install -q --require-hashes -r requirements/test.txt
    .venv/bin/pip install -q mutmut==3.8.1
fi
export CI=true LABELSVC_VECTORS="${LABELSVC_VECTORS:-$here/../shared/vectors}"
.venv/bin/mutmut run --max-children 2 "$@"
.venv/bin/mutmut results | awk '/: survived$/ { sub(":", "", $1); print $1 }' >survivors
cd mutants
# The frozen vectors first: they find most.
xargs -P 2 -I NAME sh -c 'MUTANT_UNDER_TEST=NAME ../.venv/bin/python -m pytest -x -q -p no:cacheprovider \
    -k "not postgresql and not processes and not test_a_million" tests/codes/test_frozen_vectors.py \
    tests/codes/trust/test_frozen_vectors.py tests/codes >/dev/null 2>&1 && echo NAME || true' \
    <../survivors | sort >../survived
wc -l <../survived

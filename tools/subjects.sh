#!/bin/sh
# Looks at the subjects of commits since the rule began: at most 72 characters, and no full stop.
# Says nothing where there is no history to look at: an archive, a shallow clone.
set -eu
began=31b20fc3a2752fc86d9d377454bcb23e1a516e13
git rev-parse --quiet --verify "$began^{commit}" >/dev/null 2>&1 || exit 0
git log --no-merges --format='%h %s' "$began..HEAD" | awk '
    { subject = substr($0, index($0, " ") + 1) }
    length(subject) > 72 || subject ~ /[.]$/ { print "Subject of a commit: " $0; bad = 1 }
    END { exit bad }'

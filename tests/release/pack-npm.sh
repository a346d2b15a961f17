#!/usr/bin/env bash
# Packs the npm package: the files listed in its manifest, the README and the licence, and the part
# of the manifest that matters to users.
#
# usage: pack-npm.sh FOLDER     writes tellr-deployer-<version>.tgz there
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$root/pkg"
# shellcheck disable=SC2016 # JavaScript, not for the shell
node -e '
  const { devDependencies, ...manifest } = JSON.parse(fs.readFileSync("package.json", "utf8"));
  fs.writeFileSync(process.argv[1], `${JSON.stringify(manifest, null, 2)}\n`);
  console.log([...manifest.files, "README.md", "../LICENSE"].join("\n"));
' "$work/package.json" | while read -r file; do install -m 644 "$file" "$work/"; done
npm pack --silent --pack-destination "$out" "$work" >/dev/null

#!/bin/sh
# Generates Go from the contracts: generate.sh <folder for the packages>. Run it in the root of the repository.
set -eu
out=$1
files="$(cd proto && find tessera -name '*.proto') buf/validate/validate.proto"
set -- -I proto -I packages/contracts/vendor -I node_modules/google-proto-files "--go_out=$out" "--go-grpc_out=$out"
for file in $files; do
  package=tesserapb/$(dirname "$file")
  set -- "$@" "--go_opt=M$file=$package" "--go-grpc_opt=M$file=$package"
done
mkdir -p "$out"
# shellcheck disable=SC2086
protoc "$@" $files

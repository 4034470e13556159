#!/bin/sh
# Generates Python from the contracts: generate.sh <folder for the packages>. Run it in the root of the repository.
# PROTOC is "python3 -m grpc_tools.protoc" with grpcio-tools of pip; without it, protoc with the plugin of gRPC.
set -eu
out=$1
protoc=${PROTOC:-protoc --plugin=protoc-gen-grpc_python=$(command -v grpc_python_plugin || true)}
files="$(cd proto && find tessera -name '*.proto') buf/validate/validate.proto google/api/annotations.proto
  google/api/http.proto google/rpc/code.proto google/rpc/error_details.proto google/rpc/status.proto"
mkdir -p "$out"
# shellcheck disable=SC2086
$protoc -I proto -I packages/contracts/vendor -I node_modules/google-proto-files \
  "--python_out=$out" "--grpc_python_out=$out" $files

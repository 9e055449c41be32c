# The connector's image: a static binary on a base that has the sh, mv and sleep the platform's wrapper needs.
#   docker build -t destination-gohighlevel .
#   docker buildx build --platform linux/amd64,linux/arm64 -t destination-gohighlevel .
# The bases are pinned to a patch version. Where a registry can be asked, its digest pins them for good:
#   docker buildx imagetools inspect --format '{{.Manifest.Digest}}' docker.io/library/alpine:3.22.2
#   docker build --build-arg BASE_IMAGE=docker.io/library/alpine:3.22.2@sha256:… -t destination-gohighlevel .
ARG GO_IMAGE=docker.io/library/golang:1.26.8-alpine3.22
ARG BASE_IMAGE=docker.io/library/alpine:3.22.2

# The compiler runs on the builder's own platform and builds for the target's.
FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum LICENSE ./
RUN go mod download
COPY cmd cmd
COPY connector connector
COPY spec spec
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=0.2.0
# timetzdata: time zones inside the binary, so that the base needs none.
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -tags timetzdata \
      -ldflags "-s -w -X destination-gohighlevel/connector/ghl.Version=$VERSION" \
      -o /out/usr/local/bin/destination-gohighlevel ./cmd/destination-gohighlevel
# Our licence, and that of all that the binary is made of.
RUN licences=/out/usr/share/doc/destination-gohighlevel && mkdir -p "$licences/third-party/go" && cp LICENSE "$licences/" \
 && cp "$(go env GOROOT)/LICENSE" "$licences/third-party/go/" \
 && go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}' ./cmd/destination-gohighlevel | sort -u \
  | while read -r module dir; do \
      mkdir -p "$licences/third-party/$module" \
      && find "$dir" -maxdepth 1 -type f \( -iname 'licen[cs]e*' -o -iname 'unlicen[cs]e*' -o -iname 'notice*' -o -iname 'copying*' -o -iname 'patents*' \) \
           -exec cp {} "$licences/third-party/$module/" \; || exit 1; \
    done
# Files of the base that need neither its package manager nor its adduser, so that a cross build runs nothing there.
RUN mkdir -p /out/etc/ssl/certs && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ \
 && printf 'root:x:0:0:root:/root:/bin/sh\nairbyte:x:1000:1000:airbyte:/dest:/bin/sh\n' > /out/etc/passwd \
 && printf 'root:x:0:\nairbyte:x:1000:\n' > /out/etc/group \
 && mkdir /dest
# By this name it speaks as a source.
RUN ln -s destination-gohighlevel /out/usr/local/bin/source-gohighlevel

FROM ${BASE_IMAGE}
ARG VERSION=0.2.0
COPY --from=build /out/ /
COPY --from=build --chown=1000:1000 /dest /dest
USER 1000:1000
WORKDIR /dest
# The platform starts what AIRBYTE_ENTRYPOINT names; everybody else starts ENTRYPOINT.
ENV AIRBYTE_ENTRYPOINT=/usr/local/bin/destination-gohighlevel
ENTRYPOINT ["/usr/local/bin/destination-gohighlevel"]
# Where the code is and which commit of it this is; whoever builds knows it: --build-arg SOURCE=… --build-arg REVISION=$(git rev-parse HEAD)
ARG SOURCE=
ARG REVISION=
LABEL io.airbyte.name=airbyte/destination-gohighlevel
LABEL io.airbyte.version=$VERSION
LABEL org.opencontainers.image.title=destination-gohighlevel \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.source=$SOURCE \
      org.opencontainers.image.licenses=MIT

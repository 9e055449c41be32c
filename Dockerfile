# The connector's image: a static binary on a base that has the sh, mv and sleep the platform's wrapper needs.
#   docker build -t destination-gohighlevel .
#   docker buildx build --platform linux/amd64,linux/arm64 -t destination-gohighlevel .
ARG GO_IMAGE=docker.io/library/golang:1.26-alpine
ARG BASE_IMAGE=docker.io/library/alpine:3.22

# The compiler runs on the builder's own platform and builds for the target's.
FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
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
# Files of the base that need neither its package manager nor its adduser, so that a cross build runs nothing there.
RUN mkdir -p /out/etc/ssl/certs && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ \
 && printf 'root:x:0:0:root:/root:/bin/sh\nairbyte:x:1000:1000:airbyte:/dest:/bin/sh\n' > /out/etc/passwd \
 && printf 'root:x:0:\nairbyte:x:1000:\n' > /out/etc/group \
 && mkdir /dest

FROM ${BASE_IMAGE}
ARG VERSION=0.2.0
COPY --from=build /out/ /
COPY --from=build --chown=1000:1000 /dest /dest
USER 1000:1000
WORKDIR /dest
# The platform starts what AIRBYTE_ENTRYPOINT names; everybody else starts ENTRYPOINT.
ENV AIRBYTE_ENTRYPOINT=/usr/local/bin/destination-gohighlevel
ENTRYPOINT ["/usr/local/bin/destination-gohighlevel"]
LABEL io.airbyte.name=airbyte/destination-gohighlevel
LABEL io.airbyte.version=$VERSION

# FdExporter as a container image. How to run it: deploy/container.md
#
#     docker build -t fd-exporter .
#     docker build -t fd-exporter --platform linux/arm64 .     # compiled across, nothing is emulated
#
# BuildKit and buildah 1.28 or later build it.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG TARGETARCH
ARG VERSION=0.2.0
ARG REVISION=""
WORKDIR /source
COPY . .
# buildah 1.28 names the architecture only where --platform is given.
RUN arch=${TARGETARCH:-$(dpkg --print-architecture)} \
    && deploy/build-release --arch "$arch" --version "$VERSION" ${REVISION:+--revision "$REVISION"} --output /release \
    && mv "/release/linux-$arch/fd-exporter" /fd-exporter

# No shell, no package manager: glibc, OpenSSL for TLS, and the program. The platform is said since buildah 1.28 otherwise takes
# that of the stage before.
FROM --platform=$TARGETPLATFORM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
ARG VERSION=0.2.0
ARG REVISION=""
LABEL org.opencontainers.image.title="FdExporter" \
    org.opencontainers.image.description="Prometheus exporter for file handles, descriptors per process and TCP sockets stuck in CLOSE_WAIT" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.vendor="The FdExporter authors" \
    org.opencontainers.image.version="$VERSION" \
    org.opencontainers.image.revision="$REVISION"
COPY --from=build /fd-exporter /usr/bin/fd-exporter
COPY LICENSE THIRD-PARTY-NOTICES /usr/share/doc/fd-exporter/
# Container engines give capabilities to nobody else, and what a file grants does not count under no-new-privileges. Root alone,
# with all of them dropped but those it needs, may do less than a user whom the program gives rights.
USER 0:0
EXPOSE 10070
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s --retries=3 CMD ["/usr/bin/fd-exporter", "healthcheck"]
ENTRYPOINT ["/usr/bin/fd-exporter"]

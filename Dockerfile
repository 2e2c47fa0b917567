# The server in a small image. Both bases are arguments, so that a registry of one's own can stand in:
#   docker build --build-arg BUILD_IMAGE=… --build-arg RUN_IMAGE=… -t convserve .
# Run it with a read-only root and no privileges: docker run --read-only --cap-drop ALL -p 8080:8080 convserve
ARG BUILD_IMAGE=swift:6.3-bookworm
ARG RUN_IMAGE=debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
RUN apt-get update --quiet=2 \
    && apt-get install --yes --quiet=2 --no-install-recommends libssl-dev zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
# Short relocations, which the C library of both images knows (glibc 2.36), save a megabyte.
RUN swift build --quiet -c release --static-swift-stdlib --product convserve -Xlinker -z -Xlinker pack-relative-relocs \
    && install -D --strip .build/release/convserve /out/convserve
# What is larger has linked something that it should not have.
RUN size=$(stat --format %s /out/convserve) && echo "convserve: ${size} bytes" && test "${size}" -lt 20000000

FROM ${RUN_IMAGE}
RUN apt-get update --quiet=2 \
    && apt-get install --yes --quiet=2 --no-install-recommends libssl3 libstdc++6 zlib1g \
    && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/convserve /usr/local/bin/convserve
# A number, so that an orchestrator can see that it is not root; nothing is ever written.
USER 65532:65532
ENV CONVSERVE_HOST=0.0.0.0
EXPOSE 8080
STOPSIGNAL SIGTERM
# The binary asks its own server: no shell and no curl are needed.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/usr/local/bin/convserve", "health"]
ENTRYPOINT ["/usr/local/bin/convserve"]

# syntax=docker/dockerfile:1
# Écoute in a container: docs/running-for-years.md, "In a container". Any architecture of the base.
ARG PYTHON=3.13
FROM python:${PYTHON}-slim AS build
WORKDIR /src
RUN python -m venv /opt/ecoute
COPY requirements.lock ./
RUN /opt/ecoute/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY monitor ./monitor
# hatchling is in the lock: nothing is fetched for the build, and the wheel needs nothing more.
RUN SOURCE_DATE_EPOCH=1764028800 /opt/ecoute/bin/python -m hatchling build -t wheel -d /src/out \
    && /opt/ecoute/bin/pip install --no-cache-dir --no-deps --no-index /src/out/*.whl \
    && /opt/ecoute/bin/pip uninstall --yes --quiet hatchling editables pip

FROM python:${PYTHON}-slim
COPY --from=build /opt/ecoute /opt/ecoute
RUN groupadd --gid 10001 ecoute \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin ecoute \
    && install -d -o ecoute -g ecoute -m 0700 /data
ENV PATH=/opt/ecoute/bin:$PATH \
    ECOUTE_CONFIG=/data/sources.yaml \
    ECOUTE_LISTEN=127.0.0.1:9464 \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
# Well: the daemon's heart beats and its database takes what it stores. It begins within seconds;
# a new version may first copy a large database aside and bring it forward.
HEALTHCHECK --interval=60s --timeout=10s --start-period=5m --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['ECOUTE_LISTEN'].rpartition(':')[2] + '/healthz', timeout=8)"]
ENTRYPOINT ["ecoute"]
CMD ["run"]

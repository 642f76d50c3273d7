# Bongsu as a container: everything it keeps lies in the one volume, /data.
#
#   docker build -t bongsu .
#   docker run --rm -v bongsu:/data bongsu init /data/bongsu     writes config and rules, once
#   docker run -d -v bongsu:/data bongsu                         the service

# --- what it stands on, by the lock and its hashes -------------------------------------------------
FROM python:3.11-slim-bookworm AS packages

COPY requirements.lock /tmp/requirements.lock
RUN python -m venv /opt/packages \
    && /opt/packages/bin/pip install --no-cache-dir --disable-pip-version-check --no-compile \
       --require-hashes --only-binary :all: --requirement /tmp/requirements.lock

# --- the product -----------------------------------------------------------------------------------
FROM python:3.11-slim-bookworm

RUN useradd --system --uid 10001 --user-group --home-dir /data --create-home --shell /usr/sbin/nologin bongsu

COPY --from=packages /opt/packages /opt/packages
WORKDIR /opt/bongsu
COPY config.example.toml ./
COPY migrations ./migrations
COPY rules ./rules
COPY monitor ./monitor

# One thread for OpenBLAS: a second one only burns a core. The log goes out line by line.
ENV PATH="/opt/packages/bin:${PATH}" \
    PYTHONPATH="/opt/bongsu" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OPENBLAS_NUM_THREADS=1 \
    MONITOR_CONFIG="/data/bongsu/config.toml"

USER 10001:10001
WORKDIR /data
VOLUME /data

# Healthy while the service says in the database that it lives.
HEALTHCHECK --interval=60s --timeout=15s --start-period=60s --retries=3 \
    CMD ["python", "-m", "monitor", "doctor", "--health"]

ENTRYPOINT ["python", "-m", "monitor"]
CMD ["run"]

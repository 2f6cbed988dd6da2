# gnkmigrate with PostgreSQL's programs of every version that it knows; docs/image.md tells how to use it.
ARG BASE=python:3.13-slim-bookworm

FROM ${BASE} AS programs
ARG EXTRAS=fleet
ARG MAJORS="14 15 16 17 18"
ENV GNKMIGRATE_CACHE_DIR=/var/cache/gnkmigrate
WORKDIR /build
# What it needs changes less often than itself, so that comes first and is built once.
COPY pyproject.toml requirements.txt ./
RUN python3 -m venv /opt/gnkmigrate \
    && python3 -c "import sys, tomllib; \
project = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
extras = [project['optional-dependencies'][each] for each in sys.argv[1].split(',') if each]; \
print(*project['dependencies'], *sum(extras, []), sep='\\n')" "${EXTRAS}" > needed.txt \
    && /opt/gnkmigrate/bin/pip install --no-cache-dir --disable-pip-version-check \
        --constraint requirements.txt --requirement needed.txt
COPY . .
RUN /opt/gnkmigrate/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps . \
    && /opt/gnkmigrate/bin/python -c "import sys; from gnkmigrate.servers.binaries import binaries; [binaries(int(major)) for major in sys.argv[1:]]" ${MAJORS} \
    && /opt/gnkmigrate/bin/pip uninstall --quiet --yes setuptools pip \
    # What a throwaway server and a dump need is kept.
    && cd /var/cache/gnkmigrate && rm -rf ./*.lock ./postgresql-*/include ./postgresql-*/lib/*.a \
    && find . -path './postgresql-*/bin/*' ! -name postgres ! -name initdb ! -name pg_ctl \
        ! -name pg_dump ! -name pg_restore ! -name psql ! -name pg_config -delete

FROM ${BASE}
LABEL org.opencontainers.image.title="gnkmigrate" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.description="Audits a live PostgreSQL database against its target schema, and takes it there in phases."
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libgssapi-krb5-2 libldap-2.5-0 libossp-uuid16 libreadline8 libxml2 libxslt1.1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home gnkmigrate \
    && install --directory --owner gnkmigrate /var/cache/gnkmigrate
COPY --from=programs /opt/gnkmigrate /opt/gnkmigrate
COPY --from=programs --chown=gnkmigrate /var/cache/gnkmigrate /var/cache/gnkmigrate
ENV PATH=/opt/gnkmigrate/bin:$PATH \
    GNKMIGRATE_CACHE_DIR=/var/cache/gnkmigrate \
    PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /project
ENTRYPOINT ["gnkmigrate"]
CMD ["--help"]

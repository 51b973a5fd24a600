# The real deployment. The styles are built in one stage and only their result is kept.
FROM node:22-bookworm AS assets
WORKDIR /src
COPY package.json package-lock.json run ./
COPY launcher launcher
COPY static/assets static/assets
# The same build as on a developer's machine; this image brings the Python 3.11 that ./run needs.
RUN python3 run assets

FROM python:3.13-slim-bookworm AS web
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 DJANGO_SETTINGS_MODULE=config.settings
# WeasyPrint's libraries. Without libharfbuzz-subset0 reports render, but not to the same bytes.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal -m 0750 /data
WORKDIR /app
COPY requirements.lock ./
RUN python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
COPY manage.py ./
COPY config config
COPY audit audit
COPY accounts accounts
COPY registry registry
COPY governance governance
COPY fixtures fixtures
COPY templates templates
COPY static static
COPY --from=assets /src/build/static build/static
RUN SECRET_KEY=only-while-building python manage.py collectstatic --noinput --verbosity=0 \
    --ignore assets --ignore rest_framework
USER 10001:10001
ENV PORTAL_DATA_DIR=/data
VOLUME ["/data"]
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"]

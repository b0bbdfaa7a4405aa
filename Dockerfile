# The app, installed from the lock file as `make demo` does it. Build and run: docker-compose.yml
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    UV_NO_CACHE=1 \
    HOME=/tmp \
    ATOLL_WORKSPACE=/workspace

RUN groupadd --gid 10001 atoll \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin atoll \
    && install --directory --owner=10001 --group=10001 /workspace

WORKDIR /atoll
COPY requirements.lock ./
RUN pip install --no-cache-dir 'uv>=0.9,<1' \
    && uv pip sync --system requirements.lock \
    && pip check

COPY pyproject.toml README.md ./
COPY queries queries
COPY graph graph
COPY ingest ingest
COPY gnn gnn
COPY app app
RUN uv pip install --system --no-deps --editable .

USER 10001:10001
VOLUME ["/workspace"]
EXPOSE 8501

# The database password is read from the file that docker-compose.yml has generated, never from an image or a variable.
ENTRYPOINT ["/bin/sh", "-c", "if [ -r \"${NEO4J_AUTH_FILE:-}\" ]; then NEO4J_PASSWORD=$(cut -d/ -f2- \"$NEO4J_AUTH_FILE\"); export NEO4J_PASSWORD; fi; exec \"$@\"", "atoll"]
CMD ["python", "-m", "streamlit", "run", "app/main.py", "--server.address", "0.0.0.0", "--server.port", "8501", "--server.headless", "true", "--server.fileWatcherType", "none", "--browser.gatherUsageStats", "false"]

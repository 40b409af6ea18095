# A JDK, which compiles the source files that are dropped.
FROM eclipse-temurin:17-jdk
RUN useradd --system --uid 10001 --home-dir /var/lib/airlock --create-home airlock
COPY dist/lib/worker /opt/airlock/lib/worker
COPY dist/pipelines /opt/airlock/pipelines
COPY docker/worker.sh /opt/airlock/worker.sh
USER airlock
ENV AIRLOCK_HOME=/var/lib/airlock \
    AIRLOCK_ARTIFACTS=file:///var/lib/airlock/artifacts \
    AIRLOCK_PIPELINES=/opt/airlock/pipelines
ENTRYPOINT ["sh", "/opt/airlock/worker.sh"]

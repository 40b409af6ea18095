FROM eclipse-temurin:17-jre
RUN useradd --system --uid 10001 --home-dir /var/lib/airlock --create-home airlock
COPY dist/lib/web /opt/airlock/lib/web
USER airlock
ENV AIRLOCK_HOME=/var/lib/airlock \
    AIRLOCK_ARTIFACTS=file:///var/lib/airlock/artifacts \
    AIRLOCK_HTTP_HOST=0.0.0.0 \
    AIRLOCK_HTTP_PORT=8080
EXPOSE 8080
ENTRYPOINT ["java", "-Xmx512m", "-cp", "/opt/airlock/lib/web/*", "dev.airlock.web.WebMain"]

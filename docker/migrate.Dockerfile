FROM eclipse-temurin:17-jre
RUN useradd --system --uid 10001 --home-dir /var/lib/airlock --create-home airlock \
    && install -d -o airlock -m 700 /var/lib/airlock/users
COPY dist/lib/store /opt/airlock/lib/store
USER airlock
ENV AIRLOCK_HOME=/var/lib/airlock
ENTRYPOINT ["java", "-Xmx256m", "-cp", "/opt/airlock/lib/store/*", "dev.airlock.store.Migrate"]

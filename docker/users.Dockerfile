FROM eclipse-temurin:17-jre
RUN useradd --system --uid 10001 --home-dir /var/lib/airlock --create-home airlock \
    && install -d -o airlock -m 700 /var/lib/airlock/users
COPY dist/lib/cli /opt/airlock/lib/cli
USER airlock
ENV AIRLOCK_HOME=/var/lib/airlock
ENTRYPOINT ["java", "-Xmx128m", "-cp", "/opt/airlock/lib/cli/*", "dev.airlock.cli.Main", "users"]

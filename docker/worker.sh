#!/bin/sh
# Spark on JDK 17 needs these packages opened.
opens=""
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent \
    java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
  opens="$opens --add-opens=java.base/$package=ALL-UNNAMED"
done
# shellcheck disable=SC2086
exec java $opens -Xmx"${AIRLOCK_WORKER_MEMORY:-4g}" ${AIRLOCK_JAVA_OPTIONS:-} -cp '/opt/airlock/lib/worker/*' dev.airlock.worker.WorkerMain

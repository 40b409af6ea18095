package dev.airlock.dsl.graph;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A secret or a connection that a stage needs.
 *
 * @param kind {@code secret} or {@code connection}
 */
public record NeededName(String kind, String name) {

  /** What a stage that does this needs, each once. */
  public static List<NeededName> of(Work work) {
    Stream<NeededName> connections =
        work instanceof Work.Statement statement
            ? Stream.of(new NeededName("connection", statement.statement().connection()))
            : Stream.of();
    return Stream.concat(connections, secrets(work).map(name -> new NeededName("secret", name)))
        .distinct()
        .toList();
  }

  private static Stream<String> secrets(Work work) {
    if (work instanceof Work.Sensor sensor) {
      return sensor.secrets() == null ? Stream.of() : sensor.secrets().stream();
    }
    Optional<Work.Task> own = work.ownTask();
    if (own.isPresent()) {
      List<String> secrets = own.get().secrets();
      return secrets == null ? Stream.of() : secrets.stream();
    }
    if (work instanceof Work.Program program) {
      return secrets(program.program().environment().values());
    }
    if (work instanceof Work.SparkJar job) {
      return secrets(job.job().program().environment().values());
    }
    if (work instanceof Work.Http http) {
      HttpSpec request = http.request();
      Stream<ValueSpec> body = Stream.ofNullable(request.body());
      return Stream.of(Stream.of(request.url()), request.headers().values().stream(), body)
          .flatMap(values -> values)
          .flatMap(ValueSpec::secrets);
    }
    return Stream.of();
  }

  private static Stream<String> secrets(Collection<ValueSpec> values) {
    return values.stream().flatMap(ValueSpec::secrets);
  }
}

package dev.airlock.web.ui;

import dev.airlock.dsl.graph.HttpSpec;
import dev.airlock.dsl.graph.NeededName;
import dev.airlock.dsl.graph.ProgramLimits;
import dev.airlock.dsl.graph.ProgramSpec;
import dev.airlock.dsl.graph.SparkJarSpec;
import dev.airlock.dsl.graph.StatementSpec;
import dev.airlock.dsl.graph.ValueSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.web.ui.RunPage.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Says how stages were written that run programs, ask servers or ask databases. */
final class ProgramFacts {
  private ProgramFacts() {}

  static List<Fact> of(Work work) {
    List<Fact> facts = new ArrayList<>();
    if (work instanceof Work.Program program) {
      facts.add(Fact.of("runs", words(program.program().command())));
      add(program.program(), facts);
    } else if (work instanceof Work.SparkJar jar) {
      SparkJarSpec job = jar.job();
      facts.add(Fact.of("runs", job.mainClass()));
      facts.add(Fact.of("jar", job.jar()));
      job.settings().forEach((name, value) -> facts.add(Fact.of(name, value)));
      add(job.program(), facts);
    } else if (work instanceof Work.Http http) {
      HttpSpec request = http.request();
      facts.add(Fact.of("asks", request.method() + " " + words(request.url())));
      if (!request.expect().isEmpty()) {
        facts.add(Fact.of("expects", joined(request.expect())));
      }
    } else if (work instanceof Work.Statement asked) {
      StatementSpec statement = asked.statement();
      facts.add(Fact.of("database", statement.connection()));
      facts.add(Fact.of("SQL", statement.sql().strip()));
      if (statement.rows() != null) {
        facts.add(Fact.of("rows", "at most " + Words.count(statement.atMost())));
      }
    }
    NeededName.of(work).stream()
        .filter(needed -> needed.kind().equals("secret"))
        .forEach(needed -> facts.add(Fact.of("secret", needed.name())));
    return facts;
  }

  private static void add(ProgramSpec program, List<Fact> facts) {
    program.files().forEach(file -> facts.add(Fact.of("file", file.name())));
    if (program.directory() != null) {
      facts.add(Fact.of("in", program.directory()));
    }
    if (program.result() != null) {
      facts.add(Fact.of("gives", program.result()));
    }
    ProgramLimits limits = program.limits();
    if (limits.memoryBytes() != null) {
      facts.add(Fact.of("memory", Words.count(limits.memoryBytes() >> 20) + " MiB"));
    }
    if (limits.cpuTime() != null) {
      facts.add(Fact.of("processor", Words.span(limits.cpuTime())));
    }
  }

  private static String words(List<ValueSpec> command) {
    return command.stream().map(ProgramFacts::words).collect(Collectors.joining(" "));
  }

  private static String words(ValueSpec value) {
    if (value.param() != null) {
      return "<param " + value.param() + ">";
    }
    if (value.secret() != null) {
      return "<secret " + value.secret() + ">";
    }
    return value.stage() != null ? "<" + value.stage() + ">" : String.valueOf(value.literal());
  }

  private static String joined(List<Integer> statuses) {
    return statuses.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}

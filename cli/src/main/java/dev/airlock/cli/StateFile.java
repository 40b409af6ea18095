package dev.airlock.cli;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.airlock.local.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** {@code state.json} in the home: which processes make up the running system. */
record StateFile(Path file) {

  /**
   * A running system.
   *
   * @param up the process that watches the others
   * @param temporalInMemory whether runs are lost when Temporal ends
   * @param processes by name: postgres, temporal, worker, web
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record State(Entry up, String url, boolean temporalInMemory, Map<String, Entry> processes) {}

  /**
   * One process.
   *
   * @param port where it listens; 0 for none
   * @param startedAt tells it from a later process of the same number; milliseconds since 1970
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Entry(long pid, int port, long startedAt) {

    static Entry of(ProcessHandle process, int port) {
      return new Entry(process.pid(), port, started(process));
    }

    /** The process itself, while it lives. */
    Optional<ProcessHandle> process() {
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .filter(handle -> started(handle) == startedAt);
    }

    private static long started(ProcessHandle process) {
      return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
  }

  static StateFile of(Home home) {
    return new StateFile(home.state());
  }

  Optional<State> read() {
    try {
      return Files.exists(file)
          ? Optional.of(Api.JSON.readValue(Files.readString(file), State.class))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      throw CommandException.failed(file + " is damaged: delete it. " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  void write(State state) {
    Home.writePrivately(file, Api.write(state) + "\n");
  }

  void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + file, e);
    }
  }
}

package dev.airlock.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Customers who ask without a break, one request after another at each gateway, and what they got.
 */
final class Load implements AutoCloseable {

  private static final int CUSTOMERS = 200;
  private static final int REFUSED = 0;

  private final String model;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Answer> answers = new ArrayList<>();
  private volatile boolean isOver;

  private Load(String model) {
    this.model = model;
  }

  /**
   * One answer.
   *
   * @param status 0 where there was no connection
   * @param version 0 where there was none
   */
  record Answer(
      URI gateway, String customer, Instant asked, Instant answered, int status, int version) {

    boolean isWell() {
      return status == 200;
    }
  }

  /** Starts asking, with a pause between two requests of a gateway. */
  static Load on(String model, Duration pause, List<URI> gateways) {
    Load load = new Load(model);
    for (URI gateway : gateways) {
      Thread thread = new Thread(() -> load.askOn(gateway, pause), "load-" + gateway.getPort());
      thread.setDaemon(true);
      load.threads.add(thread);
      thread.start();
    }
    return load;
  }

  static List<String> customers() {
    return IntStream.range(0, CUSTOMERS).mapToObj(Integer::toString).toList();
  }

  /** Everything so far, each gateway's answers in the order of time. */
  List<Answer> answers() {
    synchronized (answers) {
      return List.copyOf(answers);
    }
  }

  private void askOn(URI gateway, Duration pause) {
    Asking asking = new Asking(gateway, model);
    List<String> customers = customers();
    for (int turn = 0; !isOver; turn++) {
      Answer answer = ask(asking, gateway, customers.get(turn % CUSTOMERS));
      synchronized (answers) {
        answers.add(answer);
      }
      LockSupport.parkNanos(pause.toNanos());
    }
  }

  private static Answer ask(Asking asking, URI gateway, String customer) {
    Instant asked = Instant.now();
    try {
      Asking.Reply reply = asking.send(List.of(Asking.Row.of(customer)), null);
      Instant answered = Instant.now();
      JsonNode body = reply.json();
      return new Answer(
          gateway, customer, asked, answered, reply.status(), body.path("model_version").asInt());
    } catch (UncheckedIOException e) {
      return new Answer(gateway, customer, asked, Instant.now(), REFUSED, 0);
    }
  }

  @Override
  public void close() {
    isOver = true;
    for (Thread thread : threads) {
      try {
        thread.join(Duration.ofSeconds(30).toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("Interrupted", e);
      }
    }
  }
}

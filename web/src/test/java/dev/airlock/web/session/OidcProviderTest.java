package dev.airlock.web.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.web.session.OidcProvider.SilentException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A provider that is away costs those who come little, and is asked again soon. */
final class OidcProviderTest {
  private final TestClock clock = new TestClock();
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void shouldAskASilentProviderOnceInTenSecondsAndTakeItOnceItIsThere() {
    OidcProvider<String> provider =
        new OidcProvider<>(
            () -> {
              if (asked.incrementAndGet() < 3) {
                throw new IllegalStateException("no route");
              }
              return "metadata";
            },
            clock);
    for (int i = 0; i < 50; i++) {
      assertThrows(SilentException.class, provider::get);
    }
    assertEquals(1, asked.get());
    clock.pass(OidcProvider.PAUSE.minusMillis(1));
    assertThrows(SilentException.class, provider::get);
    assertEquals(1, asked.get());
    clock.pass(OidcProvider.PAUSE);
    assertThrows(SilentException.class, provider::get);
    clock.pass(OidcProvider.PAUSE);
    assertEquals("metadata", provider.get());
    assertEquals("metadata", provider.get());
    assertEquals(3, asked.get());
  }

  @Test
  void shouldNotHoldEverybodyWhileItIsAsked() throws Exception {
    CountDownLatch isAsked = new CountDownLatch(1);
    CountDownLatch answers = new CountDownLatch(1);
    OidcProvider<String> provider =
        new OidcProvider<>(
            () -> {
              isAsked.countDown();
              try {
                assertTrue(answers.await(20, TimeUnit.SECONDS));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return "metadata";
            },
            clock);
    ExecutorService people = Executors.newCachedThreadPool();
    try {
      Future<String> first = people.submit(provider::get);
      assertTrue(isAsked.await(20, TimeUnit.SECONDS));
      List<Future<String>> others = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        others.add(people.submit(provider::get));
      }
      // All are told while nobody has answered: at once, or after a moment.
      for (Future<String> other : others) {
        assertThrows(ExecutionException.class, () -> other.get(20, TimeUnit.SECONDS));
      }
      answers.countDown();
      assertEquals("metadata", first.get(20, TimeUnit.SECONDS));
      assertEquals("metadata", provider.get());
    } finally {
      answers.countDown();
      people.shutdownNow();
    }
  }
}

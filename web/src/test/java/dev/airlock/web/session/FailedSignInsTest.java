package dev.airlock.web.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.web.http.Place;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who guesses passwords waits; who knows theirs does not. */
final class FailedSignInsTest {
  private final TestClock clock = new TestClock();
  private final FailedSignIns failures = new FailedSignIns(clock);

  private FailedSignIns.Try fail(String name, String address) {
    return failures.begin(name, address, false);
  }

  @Test
  void shouldLetFiveOfManyTriesAtOnceThrough() {
    long through =
        IntStream.range(0, 150).filter(i -> !fail("ada", "198.51.100.7").mustWait()).count();
    assertEquals(5, through);
  }

  @Test
  void shouldDoubleTheWaitFromTheFifthFailureOn() {
    for (int i = 0; i < 4; i++) {
      assertEquals(Duration.ZERO, fail("ada", "198.51.100.7").pause());
    }
    FailedSignIns.Try fifth = fail("ada", "198.51.100.7");
    assertEquals(Duration.ofSeconds(1), fifth.pause());
    assertTrue(fifth.beginsLockOut());
    assertEquals(Duration.ofSeconds(1), fail("ada", "198.51.100.7").left());
    clock.pass(Duration.ofSeconds(1));
    FailedSignIns.Try sixth = fail("ada", "198.51.100.7");
    assertEquals(Duration.ofSeconds(2), sixth.pause());
    assertFalse(sixth.beginsLockOut());
    for (int i = 0; i < 30; i++) {
      clock.pass(Duration.ofMinutes(5));
      fail("ada", "198.51.100.7");
    }
    assertEquals(Duration.ofMinutes(5), fail("ada", "198.51.100.7").left());
    assertFalse(fail("bob", "198.51.100.7").mustWait());
    assertFalse(fail("ada", "198.51.100.8").mustWait());
  }

  @Test
  void shouldTakeBackATryWhosePasswordWasRight() {
    for (int i = 0; i < 500; i++) {
      assertFalse(fail("ada", "198.51.100.7").mustWait());
      failures.succeeded("ada", "198.51.100.7");
    }
    for (int i = 0; i < 500; i++) {
      assertFalse(fail("bob", "198.51.100.7").mustWait());
      failures.takeBack("bob", "198.51.100.7");
    }
  }

  @Test
  void shouldForgetTheNamesFailuresAfterARightPasswordButNotTheAddresss() {
    for (int i = 0; i < 48; i++) {
      fail("name-" + i, "198.51.100.7");
    }
    fail("ada", "198.51.100.7");
    failures.succeeded("ada", "198.51.100.7");
    assertEquals(Duration.ZERO, fail("ada", "198.51.100.7").pause());
    assertEquals(Duration.ofSeconds(1), fail("ada", "198.51.100.7").pause());
  }

  @Test
  void shouldTakeAWholeNetworkOfIpv6ForOneAddress() {
    for (int i = 0; i < 5; i++) {
      assertFalse(fail("ada", "2001:db8:1:2::" + i).mustWait());
    }
    assertTrue(fail("ada", "2001:db8:1:2:ffff::1").mustWait());
    assertFalse(fail("ada", "2001:db8:1:3::1").mustWait());
  }

  @Test
  void shouldSlowANameThatIsGuessedFromEverywhereButNotWhereItsOwnerIs() {
    fail("ada", "192.0.2.1");
    failures.succeeded("ada", "192.0.2.1");
    for (int i = 0; i < 99; i++) {
      assertFalse(fail("ada", "198.51.100." + i).mustWait());
    }
    assertFalse(failures.isSlow("ada"));
    assertTrue(fail("ada", "203.0.113.1").beginsLockOut());
    assertTrue(failures.isSlow("ada"));
    assertTrue(fail("ada", "203.0.113.2").mustWait());
    assertFalse(failures.begin("ada", "203.0.113.3", true).mustWait());
    assertFalse(fail("bob", "203.0.113.2").mustWait());
    assertFalse(fail("ada", "192.0.2.1").mustWait());
    for (int i = 0; i < 20; i++) {
      clock.pass(Duration.ofMinutes(1));
      assertFalse(fail("ada", "203.0.114." + i).mustWait());
    }
    assertEquals(Duration.ofMinutes(1), fail("ada", "203.0.115.1").left());
  }

  @Test
  void shouldForgetAfterAnHourWithoutAFailure() {
    for (int i = 0; i < 4; i++) {
      fail("ada", "198.51.100.7");
    }
    clock.pass(Duration.ofHours(1));
    assertEquals(Duration.ZERO, fail("ada", "198.51.100.7").pause());
  }

  @Test
  void shouldCallAPlaceByItsNetwork() {
    assertEquals("198.51.100.7", Place.of("198.51.100.7"));
    assertEquals("198.51.100.7", Place.of("::ffff:198.51.100.7"));
    assertEquals(Place.of("2001:db8::1"), Place.of("[2001:0db8:0:0:9::2]"));
    assertEquals(Place.of("fe80::1%eth0"), Place.of("fe80::2%lo"));
    assertEquals("not:an:address", Place.of("not:an:address"));
  }
}

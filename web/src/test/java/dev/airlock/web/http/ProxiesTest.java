package dev.airlock.web.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ProxiesTest {
  private final Proxies proxies = Proxies.of("127.0.0.1, ::1, fd00::/8");

  private void sentBy(String sender, String peer, String... forwarded) {
    assertEquals(sender, proxies.sender(peer, List.of(forwarded)));
  }

  @Test
  void shouldReadEveryLineAsOneList() {
    // What a client made up stands on the line above the proxy's own.
    sentBy("198.51.100.7", "127.0.0.1", "1.2.3.4", "198.51.100.7");
    sentBy("198.51.100.7", "127.0.0.1", "1.2.3.4, 198.51.100.7", "127.0.0.1");
  }

  @Test
  void shouldTrustProxiesOnIpv6HoweverTheyAreWritten() {
    sentBy("198.51.100.7", "[::1]", "198.51.100.7");
    sentBy("198.51.100.7", "0:0:0:0:0:0:0:1", "198.51.100.7");
    sentBy("198.51.100.7", "[fd00::5%eth0]", "198.51.100.7, [::1]:4711");
    sentBy("2001:db8::9", "[::1]", "[2001:db8::9]:50123");
    sentBy("198.51.100.7", "::1", "198.51.100.7:50123");
  }

  @Test
  void shouldTakeNobodyElsesWord() {
    sentBy("2001:db8::1", "[2001:db8::1]", "198.51.100.7");
    sentBy("203.0.113.1", "127.0.0.1", "198.51.100.7, 203.0.113.1");
    sentBy("127.0.0.1", "127.0.0.1", "unknown");
    sentBy("127.0.0.1", "127.0.0.1");
  }
}
